"""Dunning: cases, the brake, wanted states of panel accounts, the next try shown on the subscription.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from billing.kit.schema import TIMEOUTS, enable_row_security, grant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(TIMEOUTS)
    op.add_column("subscriptions", sa.Column("next_payment_attempt_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("subscriptions", sa.Column("suspends_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_subscriptions_owing",
        "subscriptions",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status IN ('past_due', 'unpaid')"),
    )
    create_panel_commands()
    create_dunning()
    for table in ("panel_commands", "dunning_cases"):
        op.execute(grant(table))
        op.execute(enable_row_security(table))
    op.execute(grant("dunning_brakes"))


def downgrade() -> None:
    op.drop_table("dunning_cases")
    op.drop_table("dunning_brakes")
    op.drop_table("panel_commands")
    op.drop_index("ix_subscriptions_owing", table_name="subscriptions")
    op.drop_column("subscriptions", "suspends_at")
    op.drop_column("subscriptions", "next_payment_attempt_at")


def create_panel_commands() -> None:
    op.create_table(
        "panel_commands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("panel_account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "wanted_status",
            sa.String(length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.String(length=24),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error_code", sa.String(length=80), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'running', 'waiting', 'done', 'needs_attention')",
            name=op.f("ck_panel_commands_status"),
        ),
        sa.CheckConstraint(
            "wanted_status IN ('active', 'suspended', 'terminated')", name=op.f("ck_panel_commands_wanted_status")
        ),
        sa.ForeignKeyConstraint(
            ["panel_account_id"], ["panel_accounts.id"], name=op.f("fk_panel_commands_panel_account_id_panel_accounts")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_panel_commands_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_commands")),
        sa.UniqueConstraint("panel_account_id", name=op.f("uq_panel_commands_panel_account_id")),
    )
    op.create_index(
        "ix_panel_commands_attention",
        "panel_commands",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'needs_attention'"),
    )
    op.create_index(
        "ix_panel_commands_due",
        "panel_commands",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status <> 'done'"),
    )
    op.create_index(op.f("ix_panel_commands_user_id"), "panel_commands", ["user_id"], unique=False)


def create_dunning() -> None:
    op.create_table(
        "dunning_brakes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.String(length=24),
            nullable=False,
        ),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("account_count", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('pending', 'confirmed', 'rejected')", name=op.f("ck_dunning_brakes_status")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_dunning_brakes_decided_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_brakes")),
    )
    op.create_index(
        "uq_dunning_brakes_pending",
        "dunning_brakes",
        ["status"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "dunning_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column(
            "stage",
            sa.String(length=24),
            nullable=False,
        ),
        sa.Column("stripe_invoice_id", sa.String(length=255), nullable=True),
        sa.Column("needs_confirmation", sa.Boolean(), nullable=False),
        sa.Column("payment_attempts", sa.Integer(), nullable=False),
        sa.Column("next_payment_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspend_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancel_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminate_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mails_sent", sa.Integer(), nullable=False),
        sa.Column("next_action_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "cleared_for",
            sa.String(length=24),
            nullable=True,
        ),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("brake_id", sa.Uuid(), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "cleared_for IN ('suspend', 'end', 'cancel', 'terminate')", name=op.f("ck_dunning_cases_cleared_for")
        ),
        sa.CheckConstraint("kind IN ('unpaid', 'ended')", name=op.f("ck_dunning_cases_kind")),
        sa.CheckConstraint(
            "stage IN ('grace', 'ending', 'suspended', 'cancelling', 'cancelled', 'terminated', 'recovered')",
            name=op.f("ck_dunning_cases_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["brake_id"], ["dunning_brakes.id"], name=op.f("fk_dunning_cases_brake_id_dunning_brakes")
        ),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.id"], name=op.f("fk_dunning_cases_license_id_licenses")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_dunning_cases_subscription_id_subscriptions")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_dunning_cases_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_cases")),
    )
    op.create_index(op.f("ix_dunning_cases_brake_id"), "dunning_cases", ["brake_id"], unique=False)
    op.create_index(op.f("ix_dunning_cases_cleared_at"), "dunning_cases", ["cleared_at"], unique=False)
    op.create_index(
        "ix_dunning_cases_due",
        "dunning_cases",
        ["next_action_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_dunning_cases_license_id"), "dunning_cases", ["license_id"], unique=False)
    op.create_index(op.f("ix_dunning_cases_stripe_invoice_id"), "dunning_cases", ["stripe_invoice_id"], unique=False)
    op.create_index(
        op.f("ix_dunning_cases_subscription_id_id"), "dunning_cases", ["subscription_id", "id"], unique=False
    )
    op.create_index(op.f("ix_dunning_cases_user_id"), "dunning_cases", ["user_id"], unique=False)
    op.create_index(
        "uq_dunning_cases_open",
        "dunning_cases",
        ["subscription_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
