"""Roles against permissions over HTTP, and the transactions behind each kind of caller."""

import uuid
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import select
from tests.factories_accounts import auth_headers, make_user

from billing.accounts.dependencies import (
    CurrentPrincipal,
    CustomerSession,
    Principal,
    StaffSession,
    require,
    require_verified,
)
from billing.accounts.models import User
from billing.accounts.permissions import Permission, Role, allows
from billing.kit.db import Database

router = APIRouter(prefix="/test")


def _route(permission: Permission) -> None:
    @router.get(f"/{permission.value}", name=permission.value)
    async def guarded(principal: Annotated[Principal, Depends(require(permission))]) -> str:
        return principal.role


for each in Permission:
    _route(each)


@router.get("/all-users")
async def all_users(session: StaffSession) -> list[uuid.UUID]:
    return list((await session.execute(select(User.id))).scalars())


@router.get("/my-users")
async def my_users(session: CustomerSession) -> list[uuid.UUID]:
    return list((await session.execute(select(User.id))).scalars())


@router.post("/rename-and-fail")
async def rename_and_fail(principal: CurrentPrincipal, session: CustomerSession) -> None:
    (await session.get_one(User, principal.user_id)).full_name = "changed"
    await session.flush()
    raise RuntimeError("after the change")


@router.get("/verified")
async def verified(principal: Annotated[Principal, Depends(require_verified)]) -> str:
    return principal.role


@pytest.fixture
def app(app: FastAPI) -> FastAPI:
    app.include_router(router)
    return app


async def test_every_role_against_every_permission(client: httpx.AsyncClient, database: Database) -> None:
    for role in Role:
        headers = await auth_headers(client, database, role=role)
        for permission in Permission:
            answer = await client.get(f"/test/{permission.value}", headers=headers)
            if allows(role, permission):
                assert (answer.status_code, answer.json()) == (200, role.value), permission
            else:
                assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), permission
    for permission in Permission:
        assert (await client.get(f"/test/{permission.value}")).status_code == 401


async def test_staff_see_all_rows_and_customers_their_own(client: httpx.AsyncClient, database: Database) -> None:
    other = await make_user(database)
    staff = await auth_headers(client, database, role=Role.SUPPORT)
    customer = await auth_headers(client, database)
    assert str(other.id) in (await client.get("/test/all-users", headers=staff)).json()
    own = (await client.get("/api/v1/me", headers=customer)).json()["id"]
    assert (await client.get("/test/my-users", headers=customer)).json() == [own]
    refused = await client.get("/test/all-users", headers=customer)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_a_failed_request_changes_nothing(client: httpx.AsyncClient, database: Database) -> None:
    headers = await auth_headers(client, database)
    assert (await client.post("/test/rename-and-fail", headers=headers)).status_code == 500
    assert (await client.get("/api/v1/me", headers=headers)).json()["full_name"] == "Ada Lovelace"


async def test_what_needs_a_confirmed_address(client: httpx.AsyncClient, database: Database) -> None:
    waiting = await auth_headers(client, database, verified=False)
    answer = await client.get("/test/verified", headers=waiting)
    assert (answer.status_code, answer.json()["code"]) == (403, "email_not_verified")
    ready = await auth_headers(client, database)
    assert (await client.get("/test/verified", headers=ready)).status_code == 200


async def test_every_account_route_has_examples_and_declared_errors(app: FastAPI) -> None:
    document = app.openapi()
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        if not path.startswith(("/api/v1/auth", "/api/v1/me")):
            continue
        for method, operation in operations.items():
            assert operation["description"], (method, path)
            assert "429" in operation["responses"], (method, path)
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is not None:
                name = body["schema"]["$ref"].rpartition("/")[2]
                assert schemas[name].get("examples"), f"{name} has no example"
