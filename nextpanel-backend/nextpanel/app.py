"""The composition root: builds the API and hands every floor what it needs."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
from fastapi import FastAPI

from billing_client import BillingClient
from nextpanel import __version__
from nextpanel.accounts import endpoints as account_endpoints
from nextpanel.accounts import pages
from nextpanel.accounts.service import AccountPolicy, AccountService
from nextpanel.accounts.tokens import AccessTokens
from nextpanel.databases import endpoints as database_endpoints
from nextpanel.databases.actions.tools import DatabaseTools
from nextpanel.dns import endpoints as zone_endpoints
from nextpanel.engines.postgresql.engine import PostgresEngine
from nextpanel.kit.db import Database
from nextpanel.kit.migrations import check_migrated
from nextpanel.licensing.gate import LicenseGate
from nextpanel.maintenance import Maintenance
from nextpanel.provisioning import endpoints as provisioning_endpoints
from nextpanel.provisioning.auth import BillingAuth
from nextpanel.provisioning.endpoints import ProvisioningContext
from nextpanel.provisioning.jwks import JwksCache
from nextpanel.provisioning.service import Provisioner
from nextpanel.settings import Settings
from service_kit.clock import Clock, clock_of
from service_kit.db import create_engine, ping
from service_kit.docs import install_docs
from service_kit.health import install_health
from service_kit.http import BodyLimitMiddleware, ObservabilityMiddleware
from service_kit.logs import configure_logging
from service_kit.metrics import HttpMetrics
from service_kit.passwords import PasswordHasher
from service_kit.problems import install_problem_handlers
from service_kit.tls import client_context
from service_kit.vault import EncryptionKey, Vault

_DESCRIPTION = """
The hosting control panel. Owners of an account log in with `POST /api/v1/auth/token`; the routes under
*provisioning* are for NextPanel Billing only, with its short-lived tokens. Errors are RFC 9457 problem documents
with a stable `code`.
"""


def build_routes(**options: Any) -> FastAPI:
    """Return the API with all routes and nothing behind them: enough for its OpenAPI document."""
    app = FastAPI(
        title="NextPanel", version=__version__, description=_DESCRIPTION, docs_url=None, redoc_url=None, **options
    )
    for router in (
        account_endpoints.router,
        database_endpoints.router,
        zone_endpoints.router,
        provisioning_endpoints.router,
        pages.router,
    ):
        app.include_router(router)
    install_docs(app)
    install_problem_handlers(app)
    return app


def create_app(settings: Settings, *, clock: Clock | None = None, hasher: PasswordHasher | None = None) -> FastAPI:
    """Return the whole service. Nothing is connected before the application starts."""
    clock = clock or clock_of(settings.clock_file)
    http = httpx.AsyncClient(trust_env=False, verify=client_context())
    database = Database(
        create_engine(
            settings.database_url.get_secret_value(),
            pool_size=settings.database_pool_size,
            application_name="nextpanel",
        )
    )
    tools = _database_tools(settings, database, http, clock)
    maintenance = Maintenance(tools, interval=settings.maintenance_interval)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with maintenance.running():
            yield
        await http.aclose()
        await database.dispose()

    app = build_routes(lifespan=lifespan)
    app.state.database = database
    app.state.database_tools = tools
    app.state.maintenance = maintenance
    app.state.accounts = _account_service(
        settings, database, clock, hasher or PasswordHasher(rounds=settings.bcrypt_rounds)
    )
    app.state.billing_auth = BillingAuth(
        keys=JwksCache(
            f"{settings.billing_url}/.well-known/jwks.json",
            http=http,
            pause=settings.jwks_refetch_pause,
            timeout=settings.billing_timeout,
        ),
        database=database,
        issuer=settings.issuer,
        audience=settings.server_id,
        clock=clock,
    )
    app.state.provisioning = ProvisioningContext(
        provisioner=Provisioner(
            accounts=app.state.accounts,
            vault=tools.vault,
            clock=clock,
            backup_retention=settings.backup_retention,
            max_accounts=settings.max_accounts,
        ),
        engine=tools.engine,
        wake=maintenance.wake,
        server_id=settings.server_id,
        address=settings.address,
    )
    _install_plumbing(app, database, tools)
    return app


def from_environment() -> FastAPI:
    """Return the service as the environment configures it: `uvicorn --factory nextpanel.app:from_environment`.

    Raises `pydantic.ValidationError` when a setting is missing, wrong or unknown.
    """
    settings = Settings()
    configure_logging("nextpanel", level=settings.log_level)
    return create_app(settings)


def _database_tools(settings: Settings, database: Database, http: httpx.AsyncClient, clock: Clock) -> DatabaseTools:
    billing = BillingClient(
        settings.billing_url,
        settings.billing_key_id,
        settings.billing_secret.get_secret_value(),
        http=http,
        timeout=settings.billing_timeout.total_seconds(),
        clock=lambda: clock.now().timestamp(),
    )
    engine = PostgresEngine(
        settings.provisioner_database_url.get_secret_value(),
        host=settings.customer_database_host,
        port=settings.customer_database_port,
        connection_limit=settings.customer_connection_limit,
        pg_dump=settings.pg_dump,
    )
    return DatabaseTools(
        database=database,
        engine=engine,
        gate=LicenseGate(billing),
        vault=Vault([EncryptionKey(key.id, key.key) for key in settings.encryption_keys]),
        clock=clock,
        timeout=settings.operation_timeout,
        backup_dir=settings.backup_dir,
    )


def _account_service(settings: Settings, database: Database, clock: Clock, hasher: PasswordHasher) -> AccountService:
    return AccountService(
        database=database,
        hasher=hasher,
        tokens=AccessTokens(
            key=settings.session_key.get_secret_value(),
            issuer=settings.base_url,
            lifetime=settings.access_token_lifetime,
            clock=clock,
        ),
        policy=AccountPolicy(
            base_url=settings.base_url,
            setup_lifetime=settings.setup_lifetime,
            sso_lifetime=settings.sso_lifetime,
            refresh_lifetime=settings.refresh_token_lifetime,
            attempts_per_quarter_hour=settings.login_attempts_per_quarter_hour,
            attempts_per_minute_and_ip=settings.login_attempts_per_minute_and_ip,
        ),
        clock=clock,
    )


def _install_plumbing(app: FastAPI, database: Database, tools: DatabaseTools) -> None:
    metrics = HttpMetrics()

    async def ask_engine() -> None:
        await tools.engine.health()

    install_health(
        app,
        metrics,
        {
            "database": lambda: ping(database.engine),
            "migrations": lambda: check_migrated(database.engine),
            "postgresql_engine": ask_engine,
        },
    )
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(ObservabilityMiddleware, metrics=metrics)
