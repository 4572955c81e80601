"""Invoices as documents: lines, parties, credit notes; refunds by staff; disputes; attachments of mails.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from billing.kit.schema import TIMEOUTS, enable_row_security, grant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OWNED = ("credit_notes", "disputes", "invoice_lines")
INSTANT = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB(astext_type=sa.Text())
LOST = "status IN ('failed', 'canceled')"


def _new_column(name: str, kind: object, default: str | None = None) -> sa.Column[object]:
    """A column for a table that has rows: null, or with a default for them."""
    return sa.Column(name, kind, nullable=default is None, server_default=default)  # type: ignore[arg-type] # any type


INVOICE_COLUMNS = (
    ("billing_reason", sa.String(40), None),
    ("subtotal_amount", sa.BigInteger(), "0"),
    ("discount_amount", sa.BigInteger(), "0"),
    ("tax_amount", sa.BigInteger(), "0"),
    ("credit_applied_amount", sa.BigInteger(), "0"),
    ("credited_amount", sa.BigInteger(), "0"),
    ("taxes", JSONB, "[]"),
    ("discounts", JSONB, "[]"),
    ("seller", JSONB, None),
    ("buyer", JSONB, None),
    ("paid_with", sa.String(80), None),
    ("attempt_count", sa.Integer(), "0"),
    ("next_payment_attempt_at", INSTANT, None),
    ("issued_at", INSTANT, None),
    ("asked_at", INSTANT, None),
)
REFUND_COLUMNS = (
    ("payment_id", sa.Uuid(), None),
    ("invoice_id", sa.Uuid(), None),
    ("credit_note_id", sa.Uuid(), None),
    ("requested_by", sa.Uuid(), None),
    ("note", sa.Text(), None),
    ("failure_reason", sa.String(120), None),
    ("next_attempt_at", INSTANT, None),
    ("updated_at", INSTANT, "now()"),
)
REFUND_KEYS = (("invoice_id", "invoices"), ("credit_note_id", "credit_notes"), ("requested_by", "users"))


def upgrade() -> None:
    op.execute(TIMEOUTS)
    for name, kind, default in INVOICE_COLUMNS:
        op.add_column("invoices", _new_column(name, kind, default))
    op.create_index(op.f("ix_invoices_status_id"), "invoices", ["status", "id"])
    _create_lines()
    _create_credit_notes()
    _create_disputes()
    _widen_refunds()
    op.add_column("orders", _new_column("dispute_status", sa.String(40)))
    op.add_column("email_messages", _new_column("attachments", JSONB, "[]"))
    for table in OWNED:
        op.execute(grant(table))
        op.execute(enable_row_security(table))


def _create_lines() -> None:
    op.create_table(
        "invoice_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stripe_line_id", sa.String(255), nullable=False),
        sa.Column("order_item_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Numeric(24, 12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("taxes", JSONB, nullable=False),
        sa.Column("price_id", sa.String(255), nullable=True),
        sa.Column("is_proration", sa.Boolean(), nullable=False),
        sa.Column("period_start", INSTANT, nullable=True),
        sa.Column("period_end", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id_invoices")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invoice_lines_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_lines")),
        sa.UniqueConstraint("invoice_id", "position", name=op.f("uq_invoice_lines_invoice_id_position")),
    )
    op.create_index(op.f("ix_invoice_lines_user_id"), "invoice_lines", ["user_id"])


def _create_credit_notes() -> None:
    op.create_table(
        "credit_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_credit_note_id", sa.String(255), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("memo", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("subtotal_amount", sa.BigInteger(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("taxes", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("voided_at", INSTANT, nullable=True),
        sa.CheckConstraint("status IN ('issued', 'void')", name=op.f("ck_credit_notes_status")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_credit_notes_invoice_id_invoices")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_credit_notes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_notes")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_notes_number")),
        sa.UniqueConstraint("stripe_credit_note_id", name=op.f("uq_credit_notes_stripe_credit_note_id")),
    )
    op.create_index(op.f("ix_credit_notes_invoice_id"), "credit_notes", ["invoice_id"])
    op.create_index(op.f("ix_credit_notes_user_id_id"), "credit_notes", ["user_id", "id"])


def _create_disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("stripe_dispute_id", sa.String(255), nullable=False),
        sa.Column("stripe_payment_intent_id", sa.String(255), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("evidence_due_at", INSTANT, nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_disputes_order_id_orders")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_disputes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("stripe_dispute_id", name=op.f("uq_disputes_stripe_dispute_id")),
    )
    op.create_index(op.f("ix_disputes_stripe_payment_intent_id"), "disputes", ["stripe_payment_intent_id"])
    op.create_index(op.f("ix_disputes_user_id_id"), "disputes", ["user_id", "id"])


def _widen_refunds() -> None:
    for name, kind, default in REFUND_COLUMNS:
        op.add_column("refunds", _new_column(name, kind, default))
    for column, table in REFUND_KEYS:
        op.create_foreign_key(op.f(f"fk_refunds_{column}_{table}"), "refunds", table, [column], ["id"])
    op.alter_column("refunds", "order_item_id", nullable=True)
    op.alter_column("refunds", "stripe_refund_id", nullable=True)
    op.drop_constraint("uq_refunds_order_item_id", "refunds")
    op.create_index(
        "uq_refunds_order_item",
        "refunds",
        ["order_item_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('failed', 'canceled')"),
    )
    op.create_index(
        "ix_refunds_unfinished",
        "refunds",
        ["next_attempt_at"],
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_refunds_payment_id"), "refunds", ["payment_id"])
    op.create_index(op.f("ix_refunds_invoice_id"), "refunds", ["invoice_id"])


def downgrade() -> None:
    """Refunds that the older schema has no place for are dropped with it: the provider still has them."""
    op.execute(TIMEOUTS)
    op.drop_column("email_messages", "attachments")
    op.drop_column("orders", "dispute_status")
    for index in ("ix_refunds_invoice_id", "ix_refunds_payment_id", "ix_refunds_unfinished", "uq_refunds_order_item"):
        op.drop_index(index, table_name="refunds")
    op.execute(f"DELETE FROM refunds WHERE order_item_id IS NULL OR stripe_refund_id IS NULL OR {LOST}")
    op.create_unique_constraint("uq_refunds_order_item_id", "refunds", ["order_item_id"])
    op.alter_column("refunds", "stripe_refund_id", nullable=False)
    op.alter_column("refunds", "order_item_id", nullable=False)
    for name, _, _ in reversed(REFUND_COLUMNS):
        op.drop_column("refunds", name)
    for table in ("disputes", "credit_notes", "invoice_lines"):
        op.drop_table(table)
    op.drop_index("ix_invoices_status_id", table_name="invoices")
    for name, _, _ in reversed(INVOICE_COLUMNS):
        op.drop_column("invoices", name)
