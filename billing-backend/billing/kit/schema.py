"""Building blocks of migrations: roles, row-level security, monthly partitions.

The functions return SQL, so that a migration reads as the list of what it does.
"""

APP_ROLE = "billing_app"
WORKER_ROLE = "billing_worker"

# Deploy-safe: a migration that can't get its lock gives up instead of queueing all traffic behind it.
TIMEOUTS = "SET lock_timeout = '5s'; SET statement_timeout = '10min'"
# Row-level security binds the tables' owner too: a migration that moves rows has to say who it is, or it sees none.
AS_SYSTEM = "SET LOCAL app.kind = 'system'"


def create_roles() -> str:
    """Make the two service roles if the operator has not; they can't log in until a password is set for them."""
    statements = [
        f"""DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
            CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
          END IF;
        END $$"""
        for role in (APP_ROLE, WORKER_ROLE)
    ]
    return ";\n".join(statements)


def enable_row_security(table: str, owner_column: str = "user_id") -> str:
    """A transaction sees the rows of the customer it names, or all for staff and the system; naming nobody, none."""
    visible = (
        "current_setting('app.kind', true) IN ('staff', 'system') OR "
        f"(current_setting('app.kind', true) = 'customer' AND {owner_column} = "
        "nullif(current_setting('app.user_id', true), '')::uuid)"
    )
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} USING ({visible}) WITH CHECK ({visible})
    """


def enable_audit_security(table: str) -> str:
    """Anybody may add to the trail; only staff and the system may read it."""
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_add ON {table} FOR INSERT WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT
          USING (current_setting('app.kind', true) IN ('staff', 'system'))
    """


def enable_staff_security(table: str) -> str:
    """Customers see nothing of it, not even what is about themselves."""
    staff = "current_setting('app.kind', true) IN ('staff', 'system')"
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_staff ON {table} USING ({staff}) WITH CHECK ({staff})
    """


def grant(table: str, privileges: str = "SELECT, INSERT, UPDATE, DELETE") -> str:
    return f"GRANT {privileges} ON {table} TO {APP_ROLE}, {WORKER_ROLE}"


# The worker makes partitions, but owns no table: a function of the owner's does it, for known parents only. Rows that
# came before their month was made are in the default partition and move; attaching, unlike creating a partition, does
# not lock the parent against its readers and writers. Months are UTC months wherever the server stands.
PARTITION_FUNCTION = """
CREATE FUNCTION ensure_month_partition(parent text, month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    first timestamptz := date_trunc('month', month);
    next timestamptz := date_trunc('month', month) + interval '1 month';
    child text := format('%s_%s', parent, to_char(first, 'YYYY_MM'));
BEGIN
    IF parent NOT IN ('payments', 'usage_records') THEN
        RAISE EXCEPTION 'not a partitioned table: %', parent;
    END IF;
    IF to_regclass(child) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', child, parent);
    EXECUTE format(
        'WITH late AS (DELETE FROM %I WHERE created_at >= %L AND created_at < %L RETURNING *)'
        ' INSERT INTO %I SELECT * FROM late',
        parent || '_default', first, next, child
    );
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, first, next);
    RETURN true;
EXCEPTION WHEN duplicate_table THEN
    RETURN false;
END $$
"""
