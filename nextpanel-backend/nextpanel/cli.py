"""`nextpanel`: what an operator does from a shell."""

import asyncio
import dataclasses
import json
import sys
from typing import Annotated

import psycopg
import structlog
import typer
from psycopg.conninfo import conninfo_to_dict
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from nextpanel.doctor import examine
from nextpanel.engines.postgresql.cluster import ServerTooOld, prepare_cluster
from nextpanel.kit import migrations
from nextpanel.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def prepare() -> None:
    """Look after a NextPanel installation. Everything is configured by NEXTPANEL_ variables."""
    # What a program prints may be read by another program; log lines don't belong in between.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            where = ".".join(str(part) for part in problem["loc"])
            typer.echo(f"NEXTPANEL_{where.upper()}: {problem['msg']}" if where else problem["msg"], err=True)
        raise typer.Exit(2) from None


@app.command()
def migrate() -> None:
    """Bring the panel's own database to the newest schema."""
    migrations.upgrade(_settings().database_url.get_secret_value())
    typer.echo("The database is up to date.")


@app.command()
def prepare_postgres(
    superuser_url: Annotated[
        str,
        typer.Option(
            envvar="POSTGRES_SUPERUSER_URL",
            help="superuser address of the server for customers' databases; better in the variable than on the line",
        ),
    ],
    close: Annotated[
        list[str] | None, typer.Option(help="further database to close to other customers' roles; repeatable")
    ] = None,
) -> None:
    """Make the provisioner role of NEXTPANEL_PROVISIONER_DATABASE_URL and wall the shared databases off."""
    settings = _settings()
    provisioner = conninfo_to_dict(settings.provisioner_database_url.get_secret_value())
    own = make_url(settings.database_url.get_secret_value())
    same_server = (own.host, own.port or 5432) == (provisioner.get("host"), int(provisioner.get("port") or 5432))
    closed = {*(close or []), *([own.database] if same_server and own.database else [])}
    try:
        still_open = prepare_cluster(
            superuser_url,
            provisioner=str(provisioner.get("user")),
            password=str(provisioner.get("password")),
            closed_databases=tuple(sorted(closed)),
        )
    except (psycopg.Error, ServerTooOld) as error:
        typer.echo(f"Not prepared: {str(error).strip()}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"The role {provisioner.get('user')} is ready.")
    if still_open:
        typer.echo(f"Customers could still connect to: {', '.join(still_open)}. Close them with --close NAME.")


@app.command()
def doctor(*, as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> None:
    """Check the installation; the exit code is 1 when something is wrong."""
    findings = asyncio.run(examine(_settings()))
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(f"{'ok ' if finding.ok else 'BAD'}  {finding.name}: {finding.detail}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
