"""Pages and JSON.

JSON: `GET /mails?to=&subject=` → `{"items": [{id, to, from, subject, text, html, links, received_at}]}` newest first (a
browser gets the page instead), `GET /mails/{id}.json`, `GET /domains.json`, `GET /events.json` → `{"items": […]}`.
"""

from pathlib import Path
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from sandbox.core.context import Context
from sandbox.web import views

_HERE: Final = Path(__file__).parent
_PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'"
)
# A mail is somebody else's HTML: no script, no request to anywhere, and an origin of its own.
_MAIL_POLICY: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)


def routes(context: Context) -> list[BaseRoute]:
    """What is mounted at `/`."""
    web = _Web(context)
    return [
        Route("/", web.overview),
        Route("/mails", web.mails),
        Route("/mails/{mail_id}.json", web.mail_json),
        Route("/mails/{mail_id}/body", web.mail_body),
        Route("/mails/{mail_id}", web.mail),
        Route("/events", web.events),
        Route("/events.json", web.events_json),
        Route("/domains", web.domains),
        Route("/domains.json", web.domains_json),
        Route("/requests", web.requests),
        Route("/faults", web.faults),
        Mount("/assets", StaticFiles(directory=_HERE / "assets")),
        Route("/{path:path}", web.missing),
    ]


class _Web:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._templates = Jinja2Templates(directory=_HERE / "templates")
        self._templates.env.filters["time"] = views.readable
        self._templates.env.filters["duration"] = views.duration
        self._templates.env.trim_blocks = self._templates.env.lstrip_blocks = True

    def _page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        values |= {"now": self._context.clock.now(), "path": request.url.path}
        response = self._templates.TemplateResponse(request, template, values, status_code=status)
        response.headers["Content-Security-Policy"] = _PAGE_POLICY
        return response

    async def overview(self, request: Request) -> Response:
        context = self._context
        return self._page(
            request,
            "overview.html",
            counts=views.counts(context),
            mails=views.list_mails(context, limit=5),
            events=views.list_events(context, 5),
            domains=views.list_domains(context)[:5],
            offset=context.clock.offset,
            armed=len(context.faults.list_armed()),
        )

    async def mails(self, request: Request) -> Response:
        to, subject = request.query_params.get("to", ""), request.query_params.get("subject", "")
        mails = views.list_mails(self._context, to=to, subject=subject)
        if _is_browser(request):
            return self._page(request, "mails.html", mails=mails, to=to, subject=subject)
        return JSONResponse({"items": [views.mail_facts(mail) for mail in mails]})

    async def mail(self, request: Request) -> Response:
        mail = views.get_mail(self._context, request.path_params["mail_id"])
        if mail is None:
            return await self.missing(request)
        return self._page(request, "mail.html", mail=mail)

    async def mail_json(self, request: Request) -> Response:
        return JSONResponse(views.mail_details(self._get_mail(request)))

    async def mail_body(self, request: Request) -> Response:
        mail = self._get_mail(request)
        return HTMLResponse('<base target="_blank">' + mail["html"], headers={"Content-Security-Policy": _MAIL_POLICY})

    async def events(self, request: Request) -> Response:
        return self._page(request, "events.html", events=views.list_events(self._context))

    async def events_json(self, _request: Request) -> Response:
        return JSONResponse({"items": views.list_events(self._context)})

    async def domains(self, request: Request) -> Response:
        return self._page(request, "domains.html", domains=views.list_domains(self._context))

    async def domains_json(self, _request: Request) -> Response:
        return JSONResponse({"items": views.list_domains(self._context)})

    async def requests(self, request: Request) -> Response:
        vendor = request.query_params.get("vendor") or None
        entries = self._context.journal.list_entries(vendor, views.LIMIT)
        return self._page(request, "requests.html", entries=entries, vendor=vendor)

    async def faults(self, request: Request) -> Response:
        return self._page(request, "faults.html", faults=self._context.faults.list_armed())

    async def missing(self, request: Request) -> Response:
        if not _is_browser(request):
            raise HTTPException(404)
        return self._page(request, "missing.html", 404)

    def _get_mail(self, request: Request) -> views.Document:
        mail = views.get_mail(self._context, request.path_params["mail_id"])
        if mail is None:
            raise HTTPException(404, "no such mail")
        return mail


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
