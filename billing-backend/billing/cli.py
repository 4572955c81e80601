"""`billing`: what operators do from a shell. Each command does one thing, can be repeated, and says what it did."""

import asyncio
import json
import os
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import InterfaceError, OperationalError

from billing import maintenance
from billing.accounts.actions.create_staff import create_staff
from billing.accounts.errors import EmailTaken
from billing.accounts.permissions import Role
from billing.catalog import seeds
from billing.catalog.actions.sync import sync_prices
from billing.catalog.ports import PriceBook
from billing.chores import CHORES
from billing.doctor import RETRIES_SETTING, examine
from billing.flows.dunning import brake
from billing.flows.dunning import repository as dunning
from billing.flows.dunning.models import BrakeStatus
from billing.flows.provisioning.register_server import register_server
from billing.flows.purchase.products import DOMAIN_PRODUCT_CODE, DOMAIN_PRODUCT_NAME
from billing.flows.reconcile import repository as reconcile_runs
from billing.flows.reconcile.run import reconcile
from billing.flows.taxes.rates import sync_rates
from billing.inbound import repository as inbound
from billing.inbound.models import EventStatus
from billing.inbound.ports import EventHandlers
from billing.integrations.stripe.endpoint import StripeEndpoint
from billing.kit.container import Container
from billing.kit.crypto import Vault
from billing.kit.db import Database, Subject
from billing.migrate import upgrade
from billing.orders import repository as orders
from billing.orders.actions.resolve_step import retry_step
from billing.payments.ports import PaymentProviderRefused, PaymentProviderUnavailable
from billing.settings import Settings
from billing.tax.ports import TaxDesk
from billing.tax.seeds import seed_rates
from billing.wiring import build_container, close_container
from service_kit.clock import Clock
from service_kit.errors import AppError
from service_kit.logs import configure_logging, mask
from service_kit.passwords import PasswordHasher

T = TypeVar("T")
MOST_FINDINGS = 500

# No pretty tracebacks: whoever reads them here wants one line that says what to do.
cli = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Operate NextPanel Billing."
)
orders_cli = typer.Typer(no_args_is_help=True, help="Look after orders whose fulfillment is stuck.")
panels_cli = typer.Typer(no_args_is_help=True, help="Panel servers that host accounts.")
cli.add_typer(orders_cli, name="orders")
cli.add_typer(panels_cli, name="panel-servers")
dunning_cli = typer.Typer(no_args_is_help=True, help="Decide about dunning runs that were stopped.")
cli.add_typer(dunning_cli, name="dunning")


def fail(message: str, code: int = 1) -> typer.Exit:
    """Say what is wrong and return the end of the command, for `raise`."""
    typer.echo(message, err=True)
    return typer.Exit(code)


def read_settings() -> Settings:
    """Return the settings, or end with a line per setting that is wrong; values are never shown."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, item['loc'])) or 'settings'}: {item['msg']}" for item in error.errors())
        raise fail("\n".join(wrong), 2) from None
    except SettingsError as error:
        raise fail(str(error), 2) from None


def run(work: Callable[[Container], Awaitable[T]]) -> T:
    """Run `work` with everything wired, as the workers' role; an expected failure ends with its message."""
    settings = read_settings()
    # Errors are told by the command itself; the log is for what nobody expected.
    configure_logging("billing-cli", level="ERROR")

    async def main() -> T:
        container = build_container(settings, worker=True)
        try:
            return await work(container)
        finally:
            await close_container(container)

    try:
        return asyncio.run(main())
    except AppError as error:
        raise fail(f"{error.code}: {error.detail}") from None
    except (PaymentProviderUnavailable, PaymentProviderRefused) as error:
        raise fail(f"the payment provider: {mask(str(error))}") from None
    except (OperationalError, InterfaceError, OSError) as error:
        raise fail(f"the database does not answer: {type(error).__name__}") from None


@cli.command()
def migrate() -> None:
    """Bring the database schema to this version, as the owner role (BILLING_OWNER_DATABASE_URL)."""
    settings = read_settings()
    if settings.owner_database_url is None:
        raise fail("BILLING_OWNER_DATABASE_URL is not set", 2)
    try:
        upgrade(settings.owner_database_url.get_secret_value())
    except OperationalError as error:
        raise fail(f"the database does not answer: {mask(str(error.orig))}") from None
    typer.echo("schema is at head")


@cli.command()
def seed() -> None:
    """Put plans, TLD prices and tax rates into the database; existing ones are left alone."""

    async def work(container: Container) -> tuple[int, int]:
        async with container.get(Database).transaction(Subject.system()) as session:
            return await seeds.seed(session), await seed_rates(session)

    catalog, rates = run(work)
    typer.echo(f"{catalog} catalog entries added\n{rates} tax rates added")


@cli.command("sync-stripe")
def sync_stripe() -> None:
    """Make Stripe's products, prices (by lookup key) and our webhook endpoint there match this version."""

    async def work(container: Container) -> list[str]:
        book, settings = container.get(PriceBook), container.get(Settings)
        await book.ensure_product(
            DOMAIN_PRODUCT_CODE, name=DOMAIN_PRODUCT_NAME, description="Registration and renewal of domain names"
        )
        synced = await sync_prices(container.get(Database), book)
        lines = [f"{price.lookup_key}  {price.price}  {price.provider_price_id}" for price in synced]
        today = container.get(Clock).now().date()
        rates = await sync_rates(container.get(Database), container.get(TaxDesk), settings, today)
        lines += [f"tax {rate.place} {rate.percentage:g} %  {rate.stripe_tax_rate_id}" for rate in rates]
        url, events = f"{settings.base_url}/api/v1/webhooks/stripe", container.get(EventHandlers).types
        secret = await container.get(StripeEndpoint).ensure(url, events)
        lines.append(f"webhook {url}  {len(events)} event types")
        lines.append(f"to be set by hand: {RETRIES_SETTING}")
        if secret is not None:
            lines.append(f"new webhook endpoint; set BILLING_STRIPE_WEBHOOK_SECRET={secret}")
        return lines

    for line in run(work):
        typer.echo(line)


@cli.command("create-admin")
def create_admin(
    email: Annotated[str, typer.Option()],
    name: Annotated[str, typer.Option()] = "Owner",
    role: Annotated[Role, typer.Option()] = Role.OWNER,
    password_env: Annotated[str, typer.Option(help="Variable that holds the password.")] = "BILLING_ADMIN_PASSWORD",  # noqa: S107 - the name of a variable
) -> None:
    """Create a member of staff. The password comes from a variable or is asked for, never from the command line."""
    password = os.environ.pop(password_env, None) or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < 10:
        raise fail("the password needs at least 10 characters", 2)

    async def work(container: Container) -> str:
        try:
            async with container.get(Database).transaction(Subject.system()) as session:
                user = await create_staff(
                    session,
                    hasher=container.get(PasswordHasher),
                    clock=container.get(Clock),
                    email=email,
                    full_name=name,
                    role=role,
                    password=password,
                )
        except EmailTaken:
            return f"{email} exists already"
        return f"created {user.role.value} {user.email}"

    typer.echo(run(work))


@cli.command()
def sweep() -> None:
    """Look once for everything that messages forgot, and hand it to the workers."""

    async def work(container: Container) -> None:
        container.put(maintenance.Chores, CHORES)
        await maintenance.sweep(container)
        await maintenance.ensure_partitions(container)

    run(work)
    typer.echo("swept")


@cli.command("reconcile")
def reconcile_now(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back, beside all that is open.")] = 30,
) -> None:
    """Compare Stripe, the panels and our rows; repair what is safe. Exit code 1 when something is left to a person."""

    async def work(container: Container) -> tuple[list[str], int]:
        run_id = await reconcile(container, started_by="command", window=timedelta(days=days))
        async with container.get(Database).transaction(Subject.system()) as session:
            found = await reconcile_runs.get_run(session, run_id)
            assert found is not None
            findings = await reconcile_runs.list_findings(
                session, run_id, on_list=None, kind=None, is_repaired=None, cursor=None, limit=MOST_FINDINGS
            )
        lines = [
            f"{row.list.value:<10}  {row.object_kind.value:<13}  {row.external_id}  {row.outcome}" for row in findings
        ]
        lines += [f"skipped     {silent}" for silent in found.skipped]
        lines.append(f"{found.finding_count} differences, {found.repaired_count} repaired")
        return lines, found.finding_count - found.repaired_count + len(found.skipped)

    lines, left = run(work)
    for line in lines:
        typer.echo(line)
    if left:
        raise typer.Exit(1)


@cli.command()
def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check everything billing needs; exit code 1 when something is wrong."""
    findings = run(examine)
    if as_json:
        typer.echo(json.dumps(findings))
    else:
        for finding in findings:
            mark = typer.style("ok ", fg="green") if finding["ok"] else typer.style("BAD", fg="red")
            typer.echo(f"{mark} {finding['name']:<12} {finding['detail']}")
    if not all(finding["ok"] for finding in findings):
        raise typer.Exit(1)


@orders_cli.command("attention")
def orders_attention(limit: Annotated[int, typer.Option(min=1, max=1000)] = 50) -> None:
    """List what waits for a person: fulfillment steps, and events that failed for good."""

    async def work(container: Container) -> list[str]:
        async with container.get(Database).transaction(Subject.system()) as session:
            steps = await orders.list_attention(session, None, limit)
            events = await inbound.list_events(session, EventStatus.FAILED, None, limit)
        return [
            *(
                f"{step.id}  order {step.order_id}  {step.kind.value}  {step.last_error_code}: {step.last_error}"
                for step in steps
            ),
            *(f"{event.id}  event {event.external_id}  {event.event_type}  {event.error_message}" for event in events),
        ]

    lines = run(work)
    for line in lines:
        typer.echo(line)
    typer.echo(f"{len(lines)} need attention")


@orders_cli.command("retry")
def orders_retry(step_id: Annotated[uuid.UUID, typer.Argument(help="A step from `orders attention`.")]) -> None:
    """Let a step that needs attention start over."""

    async def work(container: Container) -> str:
        async with container.get(Database).transaction(Subject.system()) as session:
            step = await retry_step(session, container.get(Clock), step_id, actor=None)
        return f"{step.kind.value} of order {step.order_id} starts over"

    typer.echo(run(work))


@panels_cli.command("register")
def panels_register(
    server_id: Annotated[uuid.UUID, typer.Option("--id")],
    name: Annotated[str, typer.Option()],
    url: Annotated[str, typer.Option()],
    key_id: Annotated[str, typer.Option(help="Public id of the panel's API key, npk_…")],
    secret_env: Annotated[str, typer.Option(help="Variable that holds the key's secret.")],
    max_accounts: Annotated[int | None, typer.Option(min=1)] = None,
) -> None:
    """Make a panel server known with the key it signs its requests with; repeating it changes nothing."""
    secret = os.environ.pop(secret_env, None)
    if not secret:
        raise fail(f"{secret_env} is not set", 2)

    async def work(container: Container) -> str:
        async with container.get(Database).transaction(Subject.system()) as session:
            server = await register_server(
                session,
                container.get(Vault),
                server_id=server_id,
                name=name,
                base_url=url,
                key_id=key_id,
                secret=secret,
                max_accounts=max_accounts,
            )
        return f"panel server {server.name} at {server.base_url}"

    typer.echo(run(work))


@dunning_cli.command("brakes")
def dunning_brakes(limit: Annotated[int, typer.Option(min=1, max=1000)] = 50) -> None:
    """List runs that wait for a decision, with what they hold."""

    async def work(container: Container) -> list[str]:
        async with container.get(Database).transaction(Subject.system()) as session:
            brakes = await dunning.list_brakes(session, BrakeStatus.PENDING, None, limit)
            return [
                f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  holds {row.account_count}, allowed {row.limit}"
                for row in brakes
            ]

    lines = run(work)
    for line in lines:
        typer.echo(line)
    typer.echo(f"{len(lines)} wait for a decision")


@dunning_cli.command("confirm")
def dunning_confirm(brake_id: Annotated[uuid.UUID, typer.Argument(help="A run from `dunning brakes`.")]) -> None:
    """Let a stopped run go on with everything it holds."""

    async def work(container: Container) -> str:
        async with container.get(Database).transaction(Subject.system()) as session:
            row = await brake.confirm(session, container.get(Clock), brake_id, actor=None)
        return f"run {row.id} goes on"

    typer.echo(run(work))


@dunning_cli.command("reject")
def dunning_reject(brake_id: Annotated[uuid.UUID, typer.Argument(help="A run from `dunning brakes`.")]) -> None:
    """Put off everything that a stopped run holds."""

    async def work(container: Container) -> str:
        settings = container.get(Settings)
        async with container.get(Database).transaction(Subject.system()) as session:
            row = await brake.reject(session, settings, container.get(Clock), brake_id, actor=None)
        return f"run {row.id} is put off by {settings.dunning_brake_postpone}"

    typer.echo(run(work))


def main() -> None:
    cli()
