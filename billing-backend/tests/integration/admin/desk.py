"""A member of staff at the API: asks, pages through lists, and reads the files made of them."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from billing.accounts.permissions import Role
from billing.kit.container import Container
from tests.factories_licenses import make_person

ADMIN = "/api/v1/admin"


@dataclass
class Desk:
    http: httpx.AsyncClient
    headers: dict[str, str] = field(repr=False)

    @classmethod
    async def of(cls, container: Container, http: httpx.AsyncClient, role: Role = Role.OWNER) -> "Desk":
        return cls(http, (await make_person(container, role=role)).headers)

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await self.http.request(method, f"{ADMIN}/{path}", headers=self.headers, **more)

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.ask("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ids(self, path: str, **params: Any) -> list[str]:
        return [item["id"] for item in (await self.get(path, **params))["items"]]

    async def pages(self, path: str, **params: Any) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield the pages of a list until the last."""
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(path, **params, **cursor)
            yield page["items"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    async def csv(self, path: str, **params: Any) -> list[dict[str, str]]:
        answer = await self.ask("GET", f"{path}.csv", params=params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(answer.text)))

    async def refused(self, method: str, path: str, **more: Any) -> tuple[int, str]:
        answer = await self.ask(method, path, **more)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        return answer.status_code, answer.json()["code"]
