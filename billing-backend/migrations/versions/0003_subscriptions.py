"""The life of a subscription: changes of plan, endings, trials, coupons, and what panels were told.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from billing.kit.schema import AS_SYSTEM, TIMEOUTS, enable_row_security, grant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_REASONS = (
    "cancel_reason IN ('too_expensive', 'missing_features', 'switched_service', 'unused', "
    "'customer_service', 'too_complex', 'low_quality', 'other')"
)
_STATUSES = (
    "status IN ('quoted', 'confirmed', 'awaiting_payment', 'scheduled', 'applied', 'superseded', 'expired', 'failed')"
)
_INSTANT = sa.DateTime(timezone=True)


def added() -> dict[str, tuple[sa.Column[object], ...]]:
    """Return the new columns by table, made anew: a column belongs to one statement."""
    return {
        "plans": (sa.Column("trial_days", sa.Integer(), server_default="0", nullable=False),),
        "licenses": (sa.Column("entitlements_version", sa.Integer(), server_default="0", nullable=False),),
        "panel_accounts": (
            sa.Column("entitlements_version", sa.Integer(), server_default="0", nullable=False),
            sa.Column("sync_failures", sa.Integer(), server_default="0", nullable=False),
            sa.Column("sync_error", sa.String(length=300), nullable=True),
            sa.Column("next_sync_at", _INSTANT, nullable=True),
        ),
        "orders": (
            sa.Column("coupon_code", sa.String(length=80), nullable=True),
            sa.Column("stripe_promotion_code_id", sa.String(length=255), nullable=True),
            sa.Column("discount_amount", sa.BigInteger(), server_default="0", nullable=False),
        ),
        "order_items": (sa.Column("trial_days", sa.Integer(), server_default="0", nullable=False),),
        "subscriptions": (
            sa.Column("trial_end_at", _INSTANT, nullable=True),
            sa.Column("entitled_at", _INSTANT, nullable=True),
            sa.Column("mirrored_at", _INSTANT, nullable=True),
            sa.Column("cancel_reason", sa.String(length=24), nullable=True),
            sa.Column("cancel_comment", sa.Text(), nullable=True),
            sa.Column("coupon_code", sa.String(length=80), nullable=True),
            sa.Column("end_requested_at", _INSTANT, nullable=True),
            sa.Column("end_refund_amount", sa.BigInteger(), nullable=True),
            sa.Column("currency", sa.String(length=3), nullable=True),
        ),
    }


def upgrade() -> None:
    op.execute(TIMEOUTS)
    for table, columns in added().items():
        for column in columns:
            op.add_column(table, column)
    op.execute(AS_SYSTEM)
    op.execute("UPDATE subscriptions s SET currency = o.currency FROM orders o WHERE o.id = s.order_id")
    op.alter_column("subscriptions", "currency", nullable=False)
    op.create_check_constraint(op.f("ck_plans_trial_days"), "plans", "trial_days >= 0 AND trial_days <= 730")
    op.create_check_constraint(op.f("ck_subscriptions_cancel_reason"), "subscriptions", _REASONS)
    op.create_index(
        "ix_subscriptions_ending",
        "subscriptions",
        ["end_requested_at"],
        postgresql_where=sa.text("end_requested_at IS NOT NULL"),
    )
    create_changes()
    op.execute(grant("subscription_changes"))
    op.execute(enable_row_security("subscription_changes"))


def create_changes() -> None:
    op.create_table(
        "subscription_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("timing", sa.String(length=24), nullable=False),
        sa.Column("from_plan_id", sa.Uuid(), nullable=False),
        sa.Column("to_plan_id", sa.Uuid(), nullable=False),
        sa.Column("from_interval", sa.String(length=8), nullable=False),
        sa.Column("to_interval", sa.String(length=8), nullable=False),
        sa.Column("prorated_at", _INSTANT, nullable=False),
        sa.Column("today_amount", sa.BigInteger(), nullable=False),
        sa.Column("next_amount", sa.BigInteger(), nullable=False),
        sa.Column("next_at", _INSTANT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("effective_at", _INSTANT, nullable=True),
        sa.Column("confirmed_at", _INSTANT, nullable=True),
        sa.Column("applied_at", _INSTANT, nullable=True),
        sa.Column("stripe_invoice_id", sa.String(length=255), nullable=True),
        sa.Column("error_code", sa.String(length=80), nullable=True),
        sa.Column("created_at", _INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(_STATUSES, name=op.f("ck_subscription_changes_status")),
        sa.CheckConstraint("timing IN ('now', 'period_end')", name=op.f("ck_subscription_changes_timing")),
        sa.CheckConstraint("from_interval IN ('month', 'year')", name=op.f("ck_subscription_changes_from_interval")),
        sa.CheckConstraint("to_interval IN ('month', 'year')", name=op.f("ck_subscription_changes_to_interval")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_subscription_changes_user_id_users")),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name=op.f("fk_subscription_changes_subscription_id_subscriptions"),
        ),
        sa.ForeignKeyConstraint(
            ["from_plan_id"], ["plans.id"], name=op.f("fk_subscription_changes_from_plan_id_plans")
        ),
        sa.ForeignKeyConstraint(["to_plan_id"], ["plans.id"], name=op.f("fk_subscription_changes_to_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_changes")),
    )
    op.create_index(op.f("ix_subscription_changes_user_id"), "subscription_changes", ["user_id"])
    op.create_index(
        op.f("ix_subscription_changes_subscription_id_id"), "subscription_changes", ["subscription_id", "id"]
    )
    op.create_index(op.f("ix_subscription_changes_stripe_invoice_id"), "subscription_changes", ["stripe_invoice_id"])
    op.create_index(
        "uq_subscription_changes_open",
        "subscription_changes",
        ["subscription_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('confirmed', 'awaiting_payment', 'scheduled')"),
    )


def downgrade() -> None:
    op.drop_table("subscription_changes")
    op.drop_index("ix_subscriptions_ending", "subscriptions")
    op.drop_constraint(op.f("ck_subscriptions_cancel_reason"), "subscriptions")
    op.drop_constraint(op.f("ck_plans_trial_days"), "plans")
    for table, columns in added().items():
        for column in columns:
            op.drop_column(table, column.name)
