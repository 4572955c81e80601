"""The documentation page works on a machine that reaches no other host."""

import re

import httpx
from fastapi import FastAPI

from service_kit.docs import install_docs


async def test_the_page_and_its_files_come_from_the_service_itself() -> None:
    app = FastAPI(title="Kit", docs_url=None, redoc_url=None)
    install_docs(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://kit.test") as client:
        page = await client.get("/docs")
        addresses = re.findall(r"""(?:src|href)=["']([^"']+)["']|url: ['"]([^'"]+)['"]""", page.text)
        files = [first or second for first, second in addresses]
        answers = {file: await client.get(file) for file in files}
    assert len(files) == 4, "style, icon, script, document"
    assert all(file.startswith("/") for file in files)
    assert {file for file, answer in answers.items() if answer.status_code != 200} == set()
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    assert answers["/openapi.json"].json()["info"]["title"] == "Kit"


async def test_behind_a_proxy_with_a_path_of_its_own() -> None:
    app = FastAPI(docs_url=None, redoc_url=None)
    install_docs(app)
    transport = httpx.ASGITransport(app=app, root_path="/billing")
    async with httpx.AsyncClient(transport=transport, base_url="http://kit.test") as client:
        page = await client.get("/billing/docs")
        assert (await client.get("/billing/docs/assets/swagger-ui.css")).status_code == 200
    assert "url: '/billing/openapi.json'" in page.text
    assert 'src="/billing/docs/assets/swagger-ui-bundle.js"' in page.text
