"""The ASGI application: every stand-in mounted below its own path, background work in the lifespan.

What a stand-in offers: `sandbox.<name>.routes.routes(context) -> list[BaseRoute]`. SMTP is no HTTP:
`sandbox.smtp.server.start(context)` returns an object with `.stop()`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from sandbox.admin import routes as admin
from sandbox.core.context import Context
from sandbox.core.cut import ConnectionAccess
from sandbox.namecheap import routes as namecheap
from sandbox.smtp import server as smtp
from sandbox.stripe import routes as stripe
from sandbox.stripe.scripts import script_routes
from sandbox.stripe.service import StripeService
from sandbox.vies import routes as vies
from sandbox.web import routes as web


def create_app(context: Context) -> ASGIApp:
    """Put the house together for one context; the context is closed when the application stops."""
    service = StripeService(context)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        mail = smtp.start(context)
        try:
            async with service.running():
                yield
        finally:
            mail.stop()
            context.store.close()

    app = Starlette(
        routes=[
            Mount("/stripe", routes=stripe.routes(service)),
            Mount("/namecheap", routes=namecheap.routes(context)),
            Mount("/vies", routes=vies.routes(context)),
            Mount("/admin/vies", routes=vies.admin_routes(context)),
            Mount("/admin/stripe", routes=stripe.admin_routes(service)),
            Mount("/admin/namecheap", routes=namecheap.admin_routes(context)),
            Mount("/admin", routes=admin.routes(context)),
            *script_routes(),
            Mount("/", routes=web.routes(context)),
        ],
        lifespan=lifespan,
        max_body_size=1024 * 1024,
    )
    return ConnectionAccess(app)
