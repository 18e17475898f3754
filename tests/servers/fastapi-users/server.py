"""fastapi-users as a test sees it: a FastAPI app in one file, on loopback, with one person in SQLite.

    server.py --folder DIR --origin ORIGIN [--access-seconds N] [--port N]

Sign-in by form at /auth/jwt/login, whose tokens are rows of its DatabaseStrategy, so that /auth/jwt/logout really ends
them; the same at /auth/cookie/login and /auth/cookie/logout with an HttpOnly cookie (SameSite=Lax, not Secure: loopback
has no TLS); /users/me, and a protected /api/orders, for both. Prints "ready URL" once it listens.
"""

import argparse
import asyncio
import contextlib
import socket
import uuid
from pathlib import Path

import uvicorn
from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, CookieTransport
from fastapi_users.authentication.strategy.db import DatabaseStrategy
from fastapi_users.db import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users_db_sqlalchemy.access_token import SQLAlchemyAccessTokenDatabase, SQLAlchemyBaseAccessTokenTableUUID
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

arguments = argparse.ArgumentParser()
arguments.add_argument("--port", type=int, default=0)
arguments.add_argument("--origin", action="append", required=True)
arguments.add_argument("--folder", type=Path, required=True)
arguments.add_argument("--access-seconds", type=int, default=300)
arguments = arguments.parse_args()


class Base(DeclarativeBase):
    pass


class User(SQLAlchemyBaseUserTableUUID, Base):
    pass


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    pass


class Users(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    pass


engine = create_async_engine(f"sqlite+aiosqlite:///{arguments.folder / 'db.sqlite3'}")
open_session = async_sessionmaker(engine, expire_on_commit=False)


async def session():
    async with open_session() as opened:
        yield opened


async def users(opened=Depends(session)):
    yield Users(SQLAlchemyUserDatabase(opened, User))


def strategy(opened=Depends(session)):
    tokens = SQLAlchemyAccessTokenDatabase(opened, AccessToken)
    return DatabaseStrategy(tokens, lifetime_seconds=arguments.access_seconds)


bearer = AuthenticationBackend("bearer", BearerTransport("auth/jwt/login"), strategy)
cookie = AuthenticationBackend("cookie", CookieTransport(cookie_secure=False, cookie_samesite="lax"), strategy)
authentication = FastAPIUsers[User, uuid.UUID](users, [bearer, cookie])
signed_in = authentication.current_user(active=True)


@contextlib.asynccontextmanager
async def life(_app):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with open_session() as opened:
        person = schemas.BaseUserCreate(email="demo@example.com", password="correct-horse")
        await Users(SQLAlchemyUserDatabase(opened, User)).create(person)
    yield


app = FastAPI(lifespan=life)
app.add_middleware(
    CORSMiddleware,
    allow_origins=arguments.origin,
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["Authorization", "Content-Type"],
)
app.include_router(authentication.get_auth_router(bearer), prefix="/auth/jwt")
app.include_router(authentication.get_auth_router(cookie), prefix="/auth/cookie")
app.include_router(authentication.get_users_router(schemas.BaseUser[uuid.UUID], schemas.BaseUserUpdate), prefix="/users")


@app.get("/api/orders", dependencies=[Depends(signed_in)])
async def orders():
    return [{"id": number, "customer": f"Customer {number}"} for number in range(1, 6)]


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(f"ready http://127.0.0.1:{sockets[0].getsockname()[1]}", flush=True)


listener = socket.create_server(("127.0.0.1", arguments.port))
asyncio.run(Server(uvicorn.Config(app)).serve(sockets=[listener]))
