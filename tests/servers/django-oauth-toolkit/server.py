"""django-oauth-toolkit as a test sees it: a Django project in one file, on loopback, with one person in SQLite.

    server.py --folder DIR --origin ORIGIN [--access-seconds N] [--port N]

RFC 6749 §4.3 and §6 at /o/token/ for the public client "browser-app", with rotation, no grace, and a family that
ends when a refresh token is used again; RFC 7009 at /o/revoke_token/; OpenID's /o/userinfo/; and a protected
/api/orders that django-oauth-toolkit's own decorator guards. Prints "ready URL" once it listens.
"""

import argparse
import sys
from pathlib import Path

import django
from django.conf import settings

arguments = argparse.ArgumentParser()
arguments.add_argument("--port", type=int, default=0)
arguments.add_argument("--origin", action="append", required=True)
arguments.add_argument("--folder", type=Path, required=True)
arguments.add_argument("--access-seconds", type=int, default=300)
arguments = arguments.parse_args()

from jwcrypto.jwk import JWK  # noqa: E402

settings.configure(
    SECRET_KEY="for tests on loopback only",
    DEBUG=False,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": arguments.folder / "db.sqlite3"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider", "corsheaders"],
    MIDDLEWARE=["corsheaders.middleware.CorsMiddleware"],
    CORS_ALLOWED_ORIGINS=arguments.origin,
    OAUTH2_PROVIDER={
        "ACCESS_TOKEN_EXPIRE_SECONDS": arguments.access_seconds,
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "SCOPES": {"openid": "Who somebody is", "read": "Reading orders"},
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": JWK.generate(kty="RSA", size=2048).export_to_pem(True, None).decode(),
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.decorators import protected_resource  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402


@protected_resource(scopes=["read"])
def orders(_request):
    return JsonResponse([{"id": number, "customer": f"Customer {number}"} for number in range(1, 6)], safe=False)


urlpatterns = [path("o/", include("oauth2_provider.urls")), path("api/orders", orders)]

call_command("migrate", verbosity=0)
User.objects.create_user("demo@example.com", "demo@example.com", "correct-horse")
Application.objects.create(
    name="The app",
    client_id="browser-app",
    client_type=Application.CLIENT_PUBLIC,
    authorization_grant_type=Application.GRANT_PASSWORD,
    algorithm=Application.RS256_ALGORITHM,
)
listener = ThreadedWSGIServer(("127.0.0.1", arguments.port), WSGIRequestHandler)
listener.set_app(get_wsgi_application())
print(f"ready http://127.0.0.1:{listener.server_port}", flush=True)
try:
    listener.serve_forever()
except KeyboardInterrupt:
    sys.exit()
