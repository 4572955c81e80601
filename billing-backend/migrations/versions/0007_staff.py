"""What staff search by, their notes on customers, and the indexes of their lists.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from billing.kit.schema import AS_SYSTEM, TIMEOUTS, enable_staff_security, grant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# One statement, so that the table is written anew once: some seconds for a million users.
ADD_KEYS = """
ALTER TABLE users
  ADD COLUMN name_key text GENERATED ALWAYS AS (lower(full_name::text)) STORED NOT NULL,
  ADD COLUMN surname_key text GENERATED ALWAYS AS (lower(split_part(full_name::text, ' '::text, -1))) STORED NOT NULL,
  ADD COLUMN company_key text GENERATED ALWAYS AS (lower(company_name::text)) STORED
"""
KEYS = ("name_key", "surname_key", "company_key")
PREFIXES = {
    "ix_users_email_prefix": ("users", "email"),
    "ix_users_name_key_prefix": ("users", "name_key"),
    "ix_users_surname_key_prefix": ("users", "surname_key"),
    "ix_users_company_key_prefix": ("users", "company_key"),
    "ix_domains_name_prefix": ("domains", "domain_name"),
    "ix_invoices_number_prefix": ("invoices", "number"),
}
LISTS = {
    "ix_orders_status_id": ("orders", "status"),
    "ix_licenses_status_id": ("licenses", "status"),
    "ix_licenses_last4_id": ("licenses", "last4"),
    "ix_subscriptions_status_id": ("subscriptions", "status"),
    "ix_domains_status_id": ("domains", "status"),
    "ix_registrar_operations_state_id": ("registrar_operations", "state"),
}
REASONS = [
    "logged_out",
    "logged_out_everywhere",
    "revoked_by_user",
    "refresh_reused",
    "password_reset",
    "password_changed",
]
NEW_REASONS = ["role_changed", "deactivated"]


def allow_reasons(reasons: list[str]) -> None:
    """Let sessions be revoked for these; the rows there are need no look, or have had one."""
    listed = ", ".join(f"'{reason}'" for reason in reasons)
    op.execute(
        "ALTER TABLE sessions DROP CONSTRAINT ck_sessions_revoked_reason,"
        f" ADD CONSTRAINT ck_sessions_revoked_reason CHECK (revoked_reason IN ({listed}))"
    )


def upgrade() -> None:
    op.execute(TIMEOUTS)
    allow_reasons([*REASONS, *NEW_REASONS])
    op.execute(ADD_KEYS)
    for name, (table, column) in PREFIXES.items():
        op.create_index(name, table, [column], postgresql_ops={column: "text_pattern_ops"})
    for name, (table, column) in LISTS.items():
        op.create_index(name, table, [column, "id"])
    op.create_index("ix_users_created_at", "users", ["created_at"])
    op.create_table(
        "customer_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_customer_notes_user_id_users")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_customer_notes_author_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_notes")),
    )
    op.create_index(op.f("ix_customer_notes_user_id_id"), "customer_notes", ["user_id", "id"])
    op.execute(enable_staff_security("customer_notes"))
    op.execute(grant("customer_notes", "SELECT, INSERT, DELETE"))


def downgrade() -> None:
    op.drop_table("customer_notes")
    op.drop_index("ix_users_created_at", table_name="users")
    for name, (table, _) in {**PREFIXES, **LISTS}.items():
        op.drop_index(name, table_name=table)
    for name in KEYS:
        op.drop_column("users", name)
    op.execute(AS_SYSTEM)
    op.execute(
        "UPDATE sessions SET revoked_reason = 'revoked_by_user' WHERE revoked_reason IN ('role_changed', 'deactivated')"
    )
    allow_reasons(REASONS)
