"""The customer's portal: renewals of domains, by order and by themselves; calendar feeds; notifications.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from billing.kit.schema import TIMEOUTS, enable_row_security, grant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OWNED = ("domain_renewals", "calendar_feeds", "notifications")
NOTIFICATION_KINDS = (
    "order_fulfilled",
    "payment_failed",
    "payment_confirmation",
    "license_suspended",
    "license_reinstated",
    "subscription_ended",
    "trial_ending",
    "plan_changed",
    "domain_registered",
    "domain_renewed",
    "domain_refunded",
    "domain_expiring",
    "domain_renewal_failed",
    "refund_issued",
    "password_changed",
    "email_changed",
    "new_log_in",
)
ITEM_KINDS = ("license", "domain")
STEP_KINDS = ("issue_license", "provision_account", "register_domain", "dns_zone", "welcome_mail")


def upgrade() -> None:
    op.execute(TIMEOUTS)
    op.add_column("order_items", sa.Column("renews_from", sa.Date(), nullable=True))
    allow_kinds("order_items", (*ITEM_KINDS, "domain_renewal"))
    allow_kinds("fulfillment_steps", (*STEP_KINDS[:3], "renew_domain", *STEP_KINDS[3:]))
    create_renewals()
    create_feeds()
    create_notifications()
    for table in OWNED:
        op.execute(grant(table))
        op.execute(enable_row_security(table))


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
    allow_kinds("fulfillment_steps", STEP_KINDS)
    allow_kinds("order_items", ITEM_KINDS)
    op.drop_column("order_items", "renews_from")


def allow_kinds(table: str, kinds: tuple[str, ...]) -> None:
    """Replace the closed list of a table's kinds; rows are checked without keeping others from writing."""
    name = op.f(f"ck_{table}_kind")
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(name, table, type_="check")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (kind IN ({allowed})) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def create_renewals() -> None:
    op.create_table(
        "domain_renewals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.Column("expiry_date", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("error_code", sa.String(length=80), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'told', 'charged', 'failed', 'skipped')", name=op.f("ck_domain_renewals_status")
        ),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_domain_renewals_domain_id_domains")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_domain_renewals_order_id_orders")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_domain_renewals_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_renewals")),
        sa.UniqueConstraint(
            "domain_id",
            "expiry_date",
            "days_before",
            name=op.f("uq_domain_renewals_domain_id_expiry_date_days_before"),
        ),
        sa.UniqueConstraint("order_id", name=op.f("uq_domain_renewals_order_id")),
    )
    op.create_index(op.f("ix_domain_renewals_user_id"), "domain_renewals", ["user_id"], unique=False)
    op.create_index(
        "ix_domain_renewals_open",
        "domain_renewals",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )


def create_feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_feeds_user_id")),
    )


def create_notifications() -> None:
    allowed = ", ".join(f"'{kind}'" for kind in NOTIFICATION_KINDS)
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"kind IN ({allowed})", name=op.f("ck_notifications_kind")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notifications_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("key", name=op.f("uq_notifications_key")),
    )
    op.create_index(op.f("ix_notifications_user_id_id"), "notifications", ["user_id", "id"], unique=False)
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
