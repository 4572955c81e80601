"""The ledger: journal, plan of earnings, subscription history; and what reconciling found.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from billing.kit.schema import TIMEOUTS, enable_row_security, grant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_entries", "ledger_postings", "subscription_history")
OWNED = (*APPEND_ONLY, "revenue_schedules")

# Whoever inserts postings sees the whole of the entries they belong to: an entry goes in with one statement.
BALANCED = """
CREATE FUNCTION ledger_require_balance() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT entry_id INTO wrong FROM ledger_postings WHERE entry_id IN (SELECT entry_id FROM added)
      GROUP BY entry_id, currency HAVING sum(amount) <> 0 LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'ledger entry % does not balance', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_postings_balance AFTER INSERT ON ledger_postings
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_require_balance()
"""
# The service roles have no right to change history; this stops the owner's slips as well.
FROZEN = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    op.execute(TIMEOUTS)
    create_ledger()
    create_history()
    create_runs()
    for table in APPEND_ONLY:
        op.execute(grant(table, "SELECT, INSERT"))
    op.execute(grant("revenue_schedules", "SELECT, INSERT, UPDATE"))
    op.execute(grant("reconcile_runs", "SELECT, INSERT, UPDATE"))
    op.execute(grant("reconcile_findings", "SELECT, INSERT"))
    for table in OWNED:
        op.execute(enable_row_security(table))
    op.execute(BALANCED)
    op.execute(FROZEN)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def create_ledger() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("source_id", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('invoice', 'invoice_balance', 'invoice_cancelled', 'invoice_restored', 'payment', 'refund', 'refund_failed', 'credit_note', 'dispute', 'dispute_closed', 'credit', 'earned', 'fee', 'payout')",
            name=op.f("ck_ledger_entries_kind"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ledger_entries_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("id", "currency", name=op.f("uq_ledger_entries_id_currency")),
        sa.UniqueConstraint("source_key", name=op.f("uq_ledger_entries_source_key")),
    )
    op.create_index(op.f("ix_ledger_entries_source_id"), "ledger_entries", ["source_id"], unique=False)
    op.create_index(op.f("ix_ledger_entries_user_id_id"), "ledger_entries", ["user_id", "id"], unique=False)
    op.create_table(
        "ledger_postings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("account", sa.String(length=24), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("plan_code", sa.String(length=60), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.CheckConstraint(
            "account IN ('receivable', 'cash', 'bank', 'revenue_deferred', 'revenue_earned', 'tax_payable', 'refunds', 'fees', 'customer_credit', 'disputes', 'write_offs')",
            name=op.f("ck_ledger_postings_account"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_postings_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["entry_id", "currency"],
            ["ledger_entries.id", "ledger_entries.currency"],
            name=op.f("fk_ledger_postings_entry_id_ledger_entries"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ledger_postings_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_postings")),
    )
    op.create_index(
        "ix_ledger_postings_account_time", "ledger_postings", ["account", "currency", "occurred_at", "id"], unique=False
    )
    op.create_index(op.f("ix_ledger_postings_entry_id"), "ledger_postings", ["entry_id"], unique=False)
    op.create_index(op.f("ix_ledger_postings_user_id"), "ledger_postings", ["user_id"], unique=False)
    op.create_index(
        "ix_ledger_postings_receivable",
        "ledger_postings",
        ["reference"],
        unique=False,
        postgresql_where=sa.text("account = 'receivable'"),
    )
    op.create_table(
        "revenue_schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_ref", sa.String(length=255), nullable=False),
        sa.Column("line_key", sa.String(length=255), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("earned_amount", sa.BigInteger(), nullable=False),
        sa.Column("base_amount", sa.BigInteger(), nullable=False),
        sa.Column("base_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("earned_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan_code", sa.String(length=60), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_revenue_schedules_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revenue_schedules")),
        sa.UniqueConstraint("line_key", name=op.f("uq_revenue_schedules_line_key")),
    )
    op.create_index(
        "ix_revenue_schedules_due",
        "revenue_schedules",
        ["earned_until"],
        unique=False,
        postgresql_where=sa.text("active_from IS NOT NULL AND earned_amount <> amount"),
    )
    op.create_index(op.f("ix_revenue_schedules_invoice_ref"), "revenue_schedules", ["invoice_ref"], unique=False)
    op.create_index(op.f("ix_revenue_schedules_user_id"), "revenue_schedules", ["user_id"], unique=False)


def create_history() -> None:
    op.create_table(
        "subscription_history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("plan_code", sa.String(length=60), nullable=False),
        sa.Column("interval", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("interval IN ('month', 'year')", name=op.f("ck_subscription_history_interval")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name=op.f("fk_subscription_history_subscription_id_subscriptions"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_subscription_history_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_history")),
    )
    op.create_index(op.f("ix_subscription_history_changed_at"), "subscription_history", ["changed_at"], unique=False)
    op.create_index(
        op.f("ix_subscription_history_subscription_id_id"),
        "subscription_history",
        ["subscription_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_subscription_history_user_id_changed_at"),
        "subscription_history",
        ["user_id", "changed_at"],
        unique=False,
    )


def create_runs() -> None:
    op.create_table(
        "reconcile_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("started_by", sa.String(length=24), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("compared", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("skipped", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("repaired_count", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("started_by IN ('nightly', 'command', 'staff')", name=op.f("ck_reconcile_runs_started_by")),
        sa.CheckConstraint("status IN ('running', 'finished', 'failed')", name=op.f("ck_reconcile_runs_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconcile_runs")),
    )
    op.create_table(
        "reconcile_findings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("list", sa.String(length=24), nullable=False),
        sa.Column("object_kind", sa.String(length=24), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=True),
        sa.Column("local_id", sa.String(length=64), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_repaired", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("list IN ('only_there', 'only_here', 'different')", name=op.f("ck_reconcile_findings_list")),
        sa.CheckConstraint(
            "object_kind IN ('subscription', 'invoice', 'payment', 'refund', 'panel_account', 'ledger')",
            name=op.f("ck_reconcile_findings_object_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["reconcile_runs.id"], name=op.f("fk_reconcile_findings_run_id_reconcile_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconcile_findings")),
    )
    op.create_index(
        op.f("ix_reconcile_findings_object_kind_external_id"),
        "reconcile_findings",
        ["object_kind", "external_id"],
        unique=False,
    )
    op.create_index(op.f("ix_reconcile_findings_run_id_id"), "reconcile_findings", ["run_id", "id"], unique=False)


def downgrade() -> None:
    for table in ("reconcile_findings", "reconcile_runs", "revenue_schedules", "subscription_history"):
        op.drop_table(table)
    op.drop_table("ledger_postings")
    op.drop_table("ledger_entries")
    op.execute("DROP FUNCTION ledger_require_balance()")
    op.execute("DROP FUNCTION refuse_change()")
