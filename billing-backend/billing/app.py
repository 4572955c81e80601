"""The HTTP application: `uvicorn billing.app:create_app --factory`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio as aioredis
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from billing.accounts import endpoints as accounts
from billing.accounts import endpoints_notifications as notifications
from billing.accounts import endpoints_public as accounts_public
from billing.accounts import staff_endpoints as accounts_staff
from billing.accounts import staff_members
from billing.admin import actions as admin_actions
from billing.admin import coupons as admin_coupons
from billing.admin import customer_log as admin_customer_log
from billing.admin import dashboard as admin_dashboard
from billing.admin import details as admin_details
from billing.admin import domains as admin_domains
from billing.admin import endpoints as admin
from billing.admin import journal as admin_journal
from billing.admin import plans as admin_plans
from billing.admin import search as admin_search
from billing.admin.dashboard import SystemHealth
from billing.catalog import endpoints as catalog
from billing.catalog import staff_endpoints as catalog_staff
from billing.doctor import examine
from billing.domains import endpoints as domains
from billing.domains import endpoints_calendar as domain_calendar
from billing.flows.dunning import endpoints as dunning
from billing.flows.forecast import endpoints as forecast
from billing.flows.provisioning import endpoints as provisioning
from billing.flows.provisioning import staff_endpoints as provisioning_staff
from billing.flows.purchase import endpoints as purchase
from billing.flows.reconcile import endpoints as reconcile
from billing.flows.refund import endpoints as refunds
from billing.flows.statement import endpoints as statement
from billing.flows.subscription import endpoints as subscriptions
from billing.flows.subscription import endpoints_cards as cards
from billing.inbound import endpoints as inbound
from billing.inbound.express import WebhookExpress
from billing.invoices import endpoints as invoices
from billing.invoices import staff_endpoints as invoices_staff
from billing.kit.client_ip import TrustedProxies
from billing.kit.container import Container
from billing.kit.db import Database
from billing.kit.ratelimit import RateLimiter
from billing.kit.ratelimit_http import IpRateLimitMiddleware
from billing.licenses import endpoints as licenses
from billing.licenses import signed_endpoints as license_api
from billing.licenses import staff_endpoints as licenses_staff
from billing.migrate import require_head
from billing.orders import endpoints as orders
from billing.orders import staff_endpoints as orders_staff
from billing.panels import endpoints as panels
from billing.panels import staff_endpoints as panels_staff
from billing.payments import balance_endpoints as balance
from billing.payments import endpoints as payments
from billing.payments import staff_endpoints as payments_staff
from billing.reports import endpoints as reports
from billing.reports import endpoints_money as reports_money
from billing.settings import Settings
from billing.subscriptions import staff_endpoints as subscriptions_staff
from billing.tax import endpoints as tax
from billing.wiring import build_container, close_container
from service_kit.db import ping
from service_kit.docs import install_docs
from service_kit.errors import DatabaseUnavailable, TooManyRequests
from service_kit.health import install_health
from service_kit.http import BodyLimitMiddleware, ObservabilityMiddleware
from service_kit.logs import configure_logging
from service_kit.metrics import HttpMetrics
from service_kit.problems import install_problem_handlers

DESCRIPTION = """
Customers, money, licenses and domains of NextPanel.

Errors are `application/problem+json` (RFC 9457) with a stable `code`. Amounts are integer minor units with their
`currency`, times RFC 3339 in UTC. What creates something takes an `Idempotency-Key`. Lists are paginated with `cursor`
and `limit`.
"""
# Signed callers have a limit per key; the payment provider's verified events are always taken.
OWN_LIMITS = ("/api/v1/nextpanel/", "/api/v1/billing/", "/api/v1/webhooks/")


# Requests are matched against them one after the other, so what is asked most comes first.
ROUTERS = (
    inbound.router,
    license_api.machine_router,
    orders.router,
    purchase.router,
    accounts.router,
    accounts_public.keys_router,
    notifications.router,
    catalog.router,
    subscriptions.router,
    cards.router,
    forecast.router,
    licenses.router,
    provisioning.router,
    domain_calendar.router,
    domains.router,
    panels.router,
    panels_staff.router,
    dunning.staff_router,
    dunning.customer_router,
    invoices.router,
    statement.router,
    payments.router,
    balance.router,
    refunds.router,
    tax.own_router,
    tax.staff_router,
    admin.router,
    accounts_staff.router,
    staff_members.router,
    orders_staff.router,
    licenses_staff.router,
    subscriptions_staff.router,
    invoices_staff.router,
    payments_staff.router,
    admin_dashboard.router,
    admin_search.router,
    admin_details.router,
    admin_customer_log.router,
    admin_actions.router,
    catalog_staff.router,
    admin_plans.router,
    admin_coupons.router,
    provisioning_staff.router,
    admin_domains.router,
    admin_journal.router,
    reconcile.router,
    reports.router,
    reports_money.router,
)


def create_app(container: Container | None = None) -> FastAPI:
    """Return the application; without a container it is built from the environment."""
    if container is None:
        settings = Settings()
        configure_logging("billing-api", level=settings.log_level)
        container = build_container(settings)
    wired = container
    wired.put(SystemHealth, SystemHealth(lambda: examine(wired)))
    settings = wired.get(Settings)
    metrics = HttpMetrics()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await close_container(wired)

    app = FastAPI(
        title="NextPanel Billing",
        version="1.0.0",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        # We have metrics of our own; asking for each request whether somebody configured these has its price.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        # A redirect would lead wherever the request's Host header says.
        redirect_slashes=False,
        # The function's name is the operation's: what generated clients call their methods.
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.container = wired
    app.state.metrics = metrics
    for router in ROUTERS:
        app.include_router(router)
    install_docs(app)
    install_problem_handlers(app, everywhere=(TooManyRequests, DatabaseUnavailable))
    _install_middleware(app, wired, settings, metrics)
    database, redis = wired.get(Database), wired.get(aioredis.Redis)

    async def check_redis() -> None:
        await redis.ping()

    install_health(
        app,
        metrics,
        {
            "database": lambda: ping(database.engine),
            "migrations": lambda: require_head(database.engine),
            "redis": check_redis,
        },
    )
    return app


def _install_middleware(app: FastAPI, container: Container, settings: Settings, metrics: HttpMetrics) -> None:
    """Wrap the app; what is added last sees the request first."""
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes)
    app.add_middleware(
        IpRateLimitMiddleware,
        limiter=container.get(RateLimiter),
        limit_per_minute=settings.rate_limit_per_ip,
        proxies=TrustedProxies(settings.trusted_proxies),
        exempt=OWN_LIMITS,
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
        expose_headers=["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "X-Request-Id"],
    )
    app.add_middleware(WebhookExpress, container=container, max_bytes=settings.max_body_bytes)
    app.add_middleware(ObservabilityMiddleware, metrics=metrics)
