"""Taxes and VAT numbers.

Revision ID: 0004
Revises: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from billing.kit.schema import TIMEOUTS, enable_row_security, grant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

USER_COLUMNS = ("vat_number", "vat_country", "billing_sync_due_at", "billing_sync_failures")
ORDER_COLUMNS = ("tax_treatment", "tax_rate_id", "tax_note", "tax_evidence")


def upgrade() -> None:
    op.execute(TIMEOUTS)
    _create_tax_rates()
    _create_vat_checks()
    op.add_column("users", sa.Column("vat_number", sa.String(length=20), nullable=True))
    op.add_column("users", sa.Column("vat_country", sa.String(length=2), nullable=True))
    op.add_column("users", sa.Column("billing_sync_due_at", sa.DateTime(timezone=True), nullable=True))
    _add_filled("users", "billing_sync_failures", sa.Integer(), "0")
    op.create_index(
        "ix_users_billing_sync",
        "users",
        ["billing_sync_due_at"],
        unique=False,
        postgresql_where=sa.text("billing_sync_due_at IS NOT NULL"),
    )
    _add_filled("orders", "tax_treatment", sa.String(length=24), "'untaxed'")
    op.add_column("orders", sa.Column("tax_rate_id", sa.Uuid(), nullable=True))
    op.add_column("orders", sa.Column("tax_note", sa.String(length=300), nullable=True))
    op.add_column("orders", sa.Column("tax_evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    _add_filled("order_items", "tax_amount", sa.BigInteger(), "0")
    _add_filled("order_items", "tax_inclusive", sa.Boolean(), "false")
    op.add_column("subscriptions", sa.Column("tax_rate_id", sa.Uuid(), nullable=True))
    _add_filled("subscriptions", "tax_treatment", sa.String(length=24), "'untaxed'")
    op.add_column("subscriptions", sa.Column("tax_settled_until", sa.DateTime(timezone=True), nullable=True))
    for table in ("orders", "subscriptions"):
        name = op.f(f"fk_{table}_tax_rate_id_tax_rates")
        op.create_foreign_key(name, table, "tax_rates", ["tax_rate_id"], ["id"])


def downgrade() -> None:
    for column in ("tax_settled_until", "tax_treatment", "tax_rate_id"):
        op.drop_column("subscriptions", column)
    for column in ("tax_inclusive", "tax_amount"):
        op.drop_column("order_items", column)
    for column in reversed(ORDER_COLUMNS):
        op.drop_column("orders", column)
    op.drop_index("ix_users_billing_sync", table_name="users")
    for column in reversed(USER_COLUMNS):
        op.drop_column("users", column)
    op.drop_table("vat_checks")
    op.drop_table("tax_rates")


def _add_filled(table: str, column: str, kind: sa.types.TypeEngine[Any], value: str) -> None:
    """Add a column that existing rows have a value in; the default is for them only."""
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=sa.text(value)))
    op.alter_column(table, column, server_default=None)


def _create_tax_rates() -> None:
    op.create_table(
        "tax_rates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("percentage", sa.Numeric(precision=7, scale=4), nullable=False),
        sa.Column("inclusive", sa.Boolean(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("stripe_tax_rate_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("percentage >= 0 AND percentage <= 100", name=op.f("ck_tax_rates_percentage")),
        sa.CheckConstraint("valid_until_on > valid_from_on", name=op.f("ck_tax_rates_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rates")),
        sa.UniqueConstraint(
            "country", "region", "valid_from_on", name=op.f("uq_tax_rates_country_region_valid_from_on")
        ),
        sa.UniqueConstraint("stripe_tax_rate_id", name=op.f("uq_tax_rates_stripe_tax_rate_id")),
    )
    op.execute(grant("tax_rates"))


def _create_vat_checks() -> None:
    op.create_table(
        "vat_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("vat_number", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consultation_number", sa.String(length=64), nullable=True),
        sa.Column("trader_name", sa.String(length=500), nullable=True),
        sa.Column("trader_address", sa.String(length=1000), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('pending', 'valid', 'invalid', 'unchecked')", name=op.f("ck_vat_checks_status")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_vat_checks_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vat_checks")),
    )
    op.create_index(op.f("ix_vat_checks_user_id_id"), "vat_checks", ["user_id", "id"], unique=False)
    op.create_index(
        "ix_vat_checks_due",
        "vat_checks",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    # Evidence is added to and completed, by nobody taken away.
    op.execute(grant("vat_checks", "SELECT, INSERT, UPDATE"))
    op.execute(enable_row_security("vat_checks"))
