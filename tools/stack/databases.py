"""Databases and roles of the local stack, made or brought up to date at every start."""

from collections.abc import Mapping

from testkit.postgres import quote_literal, run_sql

# Services own nothing and cannot step around row-level security; owners run migrations; the provisioner makes the
# databases the panel's customers ask for, and only those.
_ROLES = {
    "billing_owner": "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
    "billing_app": "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
    "billing_worker": "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
    "nextpanel_owner": "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
    "nextpanel_provisioner": "NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE",
}
_DATABASES = {
    "billing": ("billing_owner", ("billing_owner", "billing_app", "billing_worker")),
    "nextpanel": ("nextpanel_owner", ("nextpanel_owner",)),
}


def prepare(port: int, secrets: Mapping[str, str]) -> None:
    """Make roles and databases that are missing, set passwords, close the databases to everybody else."""
    password = secrets["POSTGRES_PASSWORD"]
    known = set(run_sql(port, "SELECT datname FROM pg_database", password=password).splitlines())
    statements = [_role(name, attributes, secrets) for name, attributes in _ROLES.items()]
    statements += [
        f"CREATE DATABASE {name} OWNER {owner};" for name, (owner, _) in _DATABASES.items() if name not in known
    ]
    for database, (_, allowed) in _DATABASES.items():
        statements.append(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;")
        statements += [f"GRANT CONNECT ON DATABASE {database} TO {role};" for role in allowed]
    statements += [
        "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;",
        "GRANT CONNECT ON DATABASE postgres TO nextpanel_provisioner;",
    ]
    run_sql(port, "\n".join(statements), password=password)


def _role(name: str, attributes: str, secrets: Mapping[str, str]) -> str:
    secret = quote_literal(secrets[f"{name.upper()}_PASSWORD"])
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') "
        f"THEN CREATE ROLE {name}; END IF; END $$;\n"
        f"ALTER ROLE {name} LOGIN {attributes} PASSWORD {secret};"
    )
