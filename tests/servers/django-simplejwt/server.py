"""djangorestframework-simplejwt as a test sees it: a Django project in one file, on loopback, with one person in SQLite.

    server.py --folder DIR --origin ORIGIN [--access-seconds N] [--port N]

Its own views at /api/token/, /api/token/refresh/ (rotating, the old token goes onto the blacklist) and
/api/token/blacklist/; beside them a protected /api/me and /api/orders that its JWTAuthentication guards. Prints
"ready URL" once it listens.
"""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings

arguments = argparse.ArgumentParser()
arguments.add_argument("--port", type=int, default=0)
arguments.add_argument("--origin", action="append", required=True)
arguments.add_argument("--folder", type=Path, required=True)
arguments.add_argument("--access-seconds", type=int, default=300)
arguments = arguments.parse_args()

settings.configure(
    SECRET_KEY="for tests on loopback only, and long enough",
    DEBUG=False,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": arguments.folder / "db.sqlite3"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "rest_framework_simplejwt",
        "rest_framework_simplejwt.token_blacklist",
        "corsheaders",
    ],
    MIDDLEWARE=["corsheaders.middleware.CorsMiddleware"],
    CORS_ALLOWED_ORIGINS=arguments.origin,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    SIMPLE_JWT={
        "ACCESS_TOKEN_LIFETIME": timedelta(seconds=arguments.access_seconds),
        "ROTATE_REFRESH_TOKENS": True,
        "BLACKLIST_AFTER_ROTATION": True,
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.decorators import api_view  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework_simplejwt import views  # noqa: E402


@api_view()
def me(request):
    return Response({"id": request.user.id, "email": request.user.email})


@api_view()
def orders(_request):
    return Response([{"id": number, "customer": f"Customer {number}"} for number in range(1, 6)])


urlpatterns = [
    path("api/token/", views.TokenObtainPairView.as_view()),
    path("api/token/refresh/", views.TokenRefreshView.as_view()),
    path("api/token/blacklist/", views.TokenBlacklistView.as_view()),
    path("api/me", me),
    path("api/orders", orders),
]

call_command("migrate", verbosity=0)
User.objects.create_user("demo@example.com", "demo@example.com", "correct-horse")
listener = ThreadedWSGIServer(("127.0.0.1", arguments.port), WSGIRequestHandler)
listener.set_app(get_wsgi_application())
print(f"ready http://127.0.0.1:{listener.server_port}", flush=True)
try:
    listener.serve_forever()
except KeyboardInterrupt:
    sys.exit()
