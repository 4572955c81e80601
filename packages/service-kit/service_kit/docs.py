"""Swagger UI at `/docs`, every part of it served by the service itself: the stock page fetches them from a CDN."""

from typing import Final

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

# The page's own script is inline; nothing but this service may be asked for anything.
_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install_docs(app: FastAPI) -> None:
    """Add `/docs` and its files below `/docs/assets` to an application made with `docs_url=None`."""

    async def docs(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "").rstrip("/")
        page = get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=f"{app.title} API",
            swagger_js_url=f"{root}/docs/assets/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/docs/assets/swagger-ui.css",
            swagger_favicon_url=f"{root}/docs/assets/favicon-32x32.png",
            swagger_ui_parameters={"filter": True, "displayRequestDuration": True, "validatorUrl": None},
        )
        page.headers["Content-Security-Policy"] = _POLICY
        return page

    app.mount("/docs/assets", StaticFiles(packages=[("fastapi_swagger", "resources")]))
    app.router.add_route("/docs", docs, include_in_schema=False)
