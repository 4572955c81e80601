"""Initial schema.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from billing.kit.schema import (
    PARTITION_FUNCTION,
    TIMEOUTS,
    create_roles,
    enable_audit_security,
    enable_row_security,
    grant,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Rows of these belong to a customer; row-level security keeps everybody else away.
OWNED = (
    "api_keys",
    "domain_contacts",
    "domains",
    "email_messages",
    "email_tokens",
    "fulfillment_attempts",
    "fulfillment_steps",
    "invoices",
    "licenses",
    "order_items",
    "orders",
    "panel_accounts",
    "payments",
    "refresh_tokens",
    "refunds",
    "registrar_operations",
    "sessions",
    "subscriptions",
    "usage",
    "usage_records",
)
SHARED = (
    "heartbeats",
    "idempotency_records",
    "panel_servers",
    "plans",
    "tld_prices",
    "webhook_events",
)
PARTITIONED = ("payments", "usage_records")
MONTHS_AHEAD = 3


def upgrade() -> None:
    op.execute(TIMEOUTS)
    op.execute(create_roles())
    create_tables()
    for table in (*OWNED, *SHARED):
        op.execute(grant(table))
    op.execute(grant("users", "SELECT, INSERT, UPDATE"))
    # The audit log can be added to and read, by nobody changed.
    op.execute(grant("audit_entries", "SELECT, INSERT"))
    op.execute(grant("alembic_version", "SELECT"))
    op.execute("GRANT USAGE ON SCHEMA public TO billing_app, billing_worker")
    for table in OWNED:
        op.execute(enable_row_security(table))
    op.execute(enable_row_security("users", owner_column="id"))
    op.execute(enable_audit_security("audit_entries"))
    op.execute(PARTITION_FUNCTION)
    op.execute("REVOKE ALL ON FUNCTION ensure_month_partition(text, date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION ensure_month_partition(text, date) TO billing_worker")
    for table in PARTITIONED:
        # What fits no month is kept all the same; a month's partition is made long before anything fits it.
        op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
        for ahead in range(-1, MONTHS_AHEAD + 1):
            op.execute(
                f"SELECT ensure_month_partition('{table}', "
                f"(date_trunc('month', now() AT TIME ZONE 'UTC') + {ahead} * interval '1 month')::date)"
            )


def create_tables() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "idempotency_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("operation", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("response", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_records")),
        sa.UniqueConstraint("scope", "operation", "key", name=op.f("uq_idempotency_records_scope_operation_key")),
    )
    op.create_index(op.f("ix_idempotency_records_created_at"), "idempotency_records", ["created_at"], unique=False)
    op.create_table(
        "panel_servers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("base_url", sa.String(length=500), nullable=False),
        sa.Column("max_accounts", sa.Integer(), nullable=True),
        sa.Column("assigned_accounts", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("assigned_accounts >= 0", name=op.f("ck_panel_servers_assigned_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_servers")),
        sa.UniqueConstraint("name", name=op.f("uq_panel_servers_name")),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("license_type", sa.String(length=24), nullable=False),
        sa.Column("price_monthly", sa.BigInteger(), nullable=False),
        sa.Column("price_yearly", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("features", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("max_accounts", sa.Integer(), nullable=True),
        sa.Column("max_domains", sa.Integer(), nullable=True),
        sa.Column("max_databases", sa.Integer(), nullable=True),
        sa.Column("max_emails", sa.Integer(), nullable=True),
        sa.Column("max_storage_mb", sa.Integer(), nullable=True),
        sa.Column("support_level", sa.String(length=40), nullable=False),
        sa.Column("stripe_product_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_price_id_monthly", sa.String(length=255), nullable=True),
        sa.Column("stripe_price_id_yearly", sa.String(length=255), nullable=True),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "license_type IN ('starter', 'professional', 'enterprise')", name=op.f("ck_plans_license_type")
        ),
        sa.CheckConstraint(
            "max_accounts >= 0 AND max_domains >= 0 AND max_databases >= 0 AND max_emails >= 0 AND max_storage_mb >= 0",
            name=op.f("ck_plans_quotas_not_negative"),
        ),
        sa.CheckConstraint("price_monthly > 0 AND price_yearly > 0", name=op.f("ck_plans_prices_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("code", name=op.f("uq_plans_code")),
    )
    op.create_table(
        "tld_prices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tld", sa.String(length=63), nullable=False),
        sa.Column("registrar", sa.String(length=40), nullable=False),
        sa.Column("register_amount", sa.BigInteger(), nullable=False),
        sa.Column("renew_amount", sa.BigInteger(), nullable=False),
        sa.Column("transfer_amount", sa.BigInteger(), nullable=False),
        sa.Column("register_cost_amount", sa.BigInteger(), nullable=False),
        sa.Column("renew_cost_amount", sa.BigInteger(), nullable=False),
        sa.Column("transfer_cost_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("min_years", sa.Integer(), nullable=False),
        sa.Column("max_years", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "min_years >= 1 AND max_years >= min_years AND max_years <= 10", name=op.f("ck_tld_prices_years")
        ),
        sa.CheckConstraint(
            "register_amount > 0 AND renew_amount > 0 AND transfer_amount > 0",
            name=op.f("ck_tld_prices_prices_positive"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tld_prices")),
        sa.UniqueConstraint("tld", name=op.f("uq_tld_prices_tld")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=60), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("company_name", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stripe_customer_id", sa.String(length=64), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("address_line1", sa.String(length=200), nullable=True),
        sa.Column("address_line2", sa.String(length=200), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("region", sa.String(length=100), nullable=True),
        sa.Column("postal_code", sa.String(length=20), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('customer', 'support', 'billing_admin', 'owner')", name=op.f("ck_users_role")),
        sa.CheckConstraint('email = lower(email COLLATE "C")', name=op.f("ck_users_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("stripe_customer_id", name=op.f("uq_users_stripe_customer_id")),
    )
    op.create_index("ix_users_staff", "users", ["role"], unique=False, postgresql_where=sa.text("role <> 'customer'"))
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("event_type", sa.String(length=100), nullable=False),
        sa.Column("api_version", sa.String(length=40), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("processed", sa.Boolean(), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source IN ('stripe', 'registrar')", name=op.f("ck_webhook_events_source")),
        sa.CheckConstraint(
            "status IN ('received', 'processed', 'ignored', 'failed')", name=op.f("ck_webhook_events_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_webhook_events_source_external_id")),
    )
    op.create_index(
        "ix_webhook_events_due",
        "webhook_events",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status = 'received'"),
    )
    op.create_index("ix_webhook_events_type", "webhook_events", ["event_type", "id"], unique=False)
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_user_id", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.String(length=24), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ip", sa.String(length=45), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("actor_kind IN ('customer', 'staff', 'system')", name=op.f("ck_audit_entries_actor_kind")),
        sa.ForeignKeyConstraint(["actor_user_id"], ["users.id"], name=op.f("fk_audit_entries_actor_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_action", "audit_entries", ["action", "id"], unique=False)
    op.create_index("ix_audit_entries_actor", "audit_entries", ["actor_user_id", "id"], unique=False)
    op.create_index("ix_audit_entries_object", "audit_entries", ["object_type", "object_id", "id"], unique=False)
    op.create_table(
        "domain_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("organization", sa.String(length=200), nullable=True),
        sa.Column("job_title", sa.String(length=200), nullable=True),
        sa.Column("address1", sa.String(length=200), nullable=False),
        sa.Column("address2", sa.String(length=200), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("state_province", sa.String(length=100), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_domain_contacts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_contacts")),
    )
    op.create_index(op.f("ix_domain_contacts_user_id"), "domain_contacts", ["user_id"], unique=False)
    op.create_table(
        "email_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=True),
        sa.Column("body_html", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("message_id", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'failed', 'dead')", name=op.f("ck_email_messages_status")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_email_messages_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_email_messages_key")),
    )
    op.create_index(
        "ix_email_messages_bodies",
        "email_messages",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("body_text IS NOT NULL"),
    )
    op.create_index(
        "ix_email_messages_due",
        "email_messages",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'sending')"),
    )
    op.create_index("ix_email_messages_status", "email_messages", ["status", "id"], unique=False)
    op.create_index("ix_email_messages_user", "email_messages", ["user_id", "id"], unique=False)
    op.create_table(
        "email_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('verify_email', 'reset_password', 'change_email')", name=op.f("ck_email_tokens_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_email_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_email_tokens_token_hash")),
    )
    op.create_index(op.f("ix_email_tokens_expires_at"), "email_tokens", ["expires_at"], unique=False)
    op.create_index(op.f("ix_email_tokens_user_id"), "email_tokens", ["user_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False, start=10001), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("subtotal_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("stripe_subscription_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_invoice_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_payment_intent_id", sa.String(length=255), nullable=True),
        sa.Column("next_payment_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('awaiting_payment', 'paid', 'fulfilled', 'refunded', 'expired')", name=op.f("ck_orders_status")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_orders_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
        sa.UniqueConstraint("stripe_invoice_id", name=op.f("uq_orders_stripe_invoice_id")),
        sa.UniqueConstraint("stripe_subscription_id", name=op.f("uq_orders_stripe_subscription_id")),
    )
    op.create_index(
        "ix_orders_payment_check",
        "orders",
        ["next_payment_check_at"],
        unique=False,
        postgresql_where=sa.text("status = 'awaiting_payment'"),
    )
    op.create_index(op.f("ix_orders_stripe_payment_intent_id"), "orders", ["stripe_payment_intent_id"], unique=False)
    op.create_index(op.f("ix_orders_user_id_id"), "orders", ["user_id", "id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=True),
        sa.Column("user_agent", sa.String(length=255), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(length=24), nullable=True),
        sa.CheckConstraint(
            "revoked_reason IN ('logged_out', 'logged_out_everywhere', 'revoked_by_user', 'refresh_reused', 'password_reset', 'password_changed')",
            name=op.f("ck_sessions_revoked_reason"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_last_seen_at", "sessions", ["last_seen_at"], unique=False)
    op.create_index(
        "ix_sessions_live", "sessions", ["user_id", "id"], unique=False, postgresql_where=sa.text("revoked_at IS NULL")
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "order_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("interval", sa.String(length=8), nullable=True),
        sa.Column("domain_name", sa.String(length=253), nullable=True),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("privacy", sa.Boolean(), nullable=False),
        sa.Column("registrar", sa.String(length=32), nullable=True),
        sa.Column("cost_amount", sa.BigInteger(), nullable=True),
        sa.Column("registrant", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("tld_attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("idn_language", sa.String(length=2), nullable=True),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("stripe_refund_id", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("interval IN ('month', 'year')", name=op.f("ck_order_items_interval")),
        sa.CheckConstraint("kind IN ('license', 'domain')", name=op.f("ck_order_items_kind")),
        sa.CheckConstraint("status IN ('pending', 'delivered', 'refunded')", name=op.f("ck_order_items_status")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_items_order_id_orders")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_order_items_plan_id_plans")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_order_items_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_items")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_items_order_id_position")),
    )
    op.create_index("ix_order_items_domain_name", "order_items", ["domain_name"], unique=False)
    op.create_index(op.f("ix_order_items_user_id"), "order_items", ["user_id"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_refresh_tokens_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_refresh_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
    )
    op.create_index(op.f("ix_refresh_tokens_expires_at"), "refresh_tokens", ["expires_at"], unique=False)
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"], unique=False)
    op.create_index(op.f("ix_refresh_tokens_user_id"), "refresh_tokens", ["user_id"], unique=False)
    op.create_table(
        "fulfillment_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_item_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("depends_on", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("follows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error_code", sa.String(length=80), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('issue_license', 'provision_account', 'register_domain', 'dns_zone', 'welcome_mail')",
            name=op.f("ck_fulfillment_steps_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'running', 'waiting', 'done', 'skipped', 'refunded', 'needs_attention')",
            name=op.f("ck_fulfillment_steps_status"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_fulfillment_steps_order_id_orders")),
        sa.ForeignKeyConstraint(
            ["order_item_id"], ["order_items.id"], name=op.f("fk_fulfillment_steps_order_item_id_order_items")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_fulfillment_steps_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfillment_steps")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_fulfillment_steps_idempotency_key")),
    )
    op.create_index(
        "ix_fulfillment_steps_attention",
        "fulfillment_steps",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'needs_attention'"),
    )
    op.create_index(
        "ix_fulfillment_steps_due",
        "fulfillment_steps",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'waiting')"),
    )
    op.create_index(
        "ix_fulfillment_steps_leased",
        "fulfillment_steps",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index(op.f("ix_fulfillment_steps_order_id"), "fulfillment_steps", ["order_id"], unique=False)
    op.create_index(op.f("ix_fulfillment_steps_user_id"), "fulfillment_steps", ["user_id"], unique=False)
    op.create_table(
        "licenses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("order_item_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("license_key", sa.Text(), nullable=False),
        sa.Column("license_key_hash", sa.String(length=64), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("license_type", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("suspended_reason", sa.String(length=200), nullable=True),
        sa.Column("features", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("max_accounts", sa.Integer(), nullable=True),
        sa.Column("max_domains", sa.Integer(), nullable=True),
        sa.Column("max_databases", sa.Integer(), nullable=True),
        sa.Column("max_emails", sa.Integer(), nullable=True),
        sa.Column("max_storage_mb", sa.Integer(), nullable=True),
        sa.Column("nextpanel_user_id", sa.String(length=64), nullable=True),
        sa.Column("fingerprint", sa.String(length=200), nullable=True),
        sa.Column("activation_date", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expiry_date", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grace_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("auto_renew", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "license_type IN ('starter', 'professional', 'enterprise')", name=op.f("ck_licenses_license_type")
        ),
        sa.CheckConstraint(
            "status IN ('active', 'suspended', 'expired', 'cancelled')", name=op.f("ck_licenses_status")
        ),
        sa.CheckConstraint(
            "max_accounts >= 0 AND max_domains >= 0 AND max_databases >= 0 AND max_emails >= 0 AND max_storage_mb >= 0",
            name=op.f("ck_licenses_quotas_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["order_item_id"], ["order_items.id"], name=op.f("fk_licenses_order_item_id_order_items")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_licenses_plan_id_plans")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_licenses_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licenses")),
        sa.UniqueConstraint("license_key_hash", name=op.f("uq_licenses_license_key_hash")),
        sa.UniqueConstraint("order_item_id", name=op.f("uq_licenses_order_item_id")),
    )
    op.create_index(op.f("ix_licenses_plan_id"), "licenses", ["plan_id"], unique=False)
    op.create_index(op.f("ix_licenses_status_expiry_date"), "licenses", ["status", "expiry_date"], unique=False)
    op.create_index(op.f("ix_licenses_user_id"), "licenses", ["user_id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("order_item_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_refund_id", sa.String(length=255), nullable=False),
        sa.Column("stripe_payment_intent_id", sa.String(length=255), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'requires_action', 'succeeded', 'failed', 'canceled')",
            name=op.f("ck_refunds_status"),
        ),
        sa.ForeignKeyConstraint(
            ["order_item_id"], ["order_items.id"], name=op.f("fk_refunds_order_item_id_order_items")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_refunds_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("order_item_id", name=op.f("uq_refunds_order_item_id")),
        sa.UniqueConstraint("stripe_refund_id", name=op.f("uq_refunds_stripe_refund_id")),
    )
    op.create_index(op.f("ix_refunds_stripe_payment_intent_id"), "refunds", ["stripe_payment_intent_id"], unique=False)
    op.create_index(op.f("ix_refunds_user_id_id"), "refunds", ["user_id", "id"], unique=False)
    op.create_table(
        "registrar_operations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("order_item_id", sa.Uuid(), nullable=True),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("domain_name", sa.String(length=253), nullable=False),
        sa.Column("registrar", sa.String(length=32), nullable=False),
        sa.Column("operation", sa.String(length=24), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("expected_cost_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("absent_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registrar_order_id", sa.String(length=64), nullable=True),
        sa.Column("registrar_transaction_id", sa.String(length=64), nullable=True),
        sa.Column("registrar_domain_id", sa.String(length=64), nullable=True),
        sa.Column("charged_amount", sa.BigInteger(), nullable=True),
        sa.Column("previous_expiry", sa.Date(), nullable=True),
        sa.Column("last_error_code", sa.String(length=80), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "operation IN ('register', 'renew', 'transfer', 'reactivate')",
            name=op.f("ck_registrar_operations_operation"),
        ),
        sa.CheckConstraint(
            "registrar IN ('namecheap', 'resellerclub', 'opensrs', 'godaddy')",
            name=op.f("ck_registrar_operations_registrar"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'sent', 'confirmed', 'refused', 'unknown')",
            name=op.f("ck_registrar_operations_state"),
        ),
        sa.ForeignKeyConstraint(
            ["order_item_id"], ["order_items.id"], name=op.f("fk_registrar_operations_order_item_id_order_items")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_registrar_operations_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrar_operations")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_registrar_operations_idempotency_key")),
    )
    op.create_index(op.f("ix_registrar_operations_domain_name"), "registrar_operations", ["domain_name"], unique=False)
    op.create_index(
        op.f("ix_registrar_operations_order_item_id"), "registrar_operations", ["order_item_id"], unique=False
    )
    op.create_index(
        "ix_registrar_operations_unsettled",
        "registrar_operations",
        ["sent_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('sent', 'unknown')"),
    )
    op.create_index(op.f("ix_registrar_operations_user_id"), "registrar_operations", ["user_id"], unique=False)
    op.create_index(
        "uq_registrar_operations_under_way",
        "registrar_operations",
        ["domain_name"],
        unique=True,
        postgresql_where=sa.text("state IN ('sent', 'unknown')"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("license_id", sa.Uuid(), nullable=True),
        sa.Column("panel_server_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("secret_encrypted", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(license_id IS NULL) <> (panel_server_id IS NULL)", name=op.f("ck_api_keys_one_scope")),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.id"], name=op.f("fk_api_keys_license_id_licenses")),
        sa.ForeignKeyConstraint(
            ["panel_server_id"], ["panel_servers.id"], name=op.f("fk_api_keys_panel_server_id_panel_servers")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_keys_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_keys_public_id")),
    )
    op.create_index(op.f("ix_api_keys_key_hash"), "api_keys", ["key_hash"], unique=False)
    op.create_index(op.f("ix_api_keys_license_id"), "api_keys", ["license_id"], unique=False)
    op.create_index(op.f("ix_api_keys_panel_server_id"), "api_keys", ["panel_server_id"], unique=False)
    op.create_index(op.f("ix_api_keys_user_id"), "api_keys", ["user_id"], unique=False)
    op.create_table(
        "domains",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=True),
        sa.Column("domain_name", sa.String(length=253), nullable=False),
        sa.Column("registrar", sa.String(length=32), nullable=False),
        sa.Column("registrar_domain_id", sa.String(length=64), nullable=True),
        sa.Column("registration_date", sa.Date(), nullable=True),
        sa.Column("expiry_date", sa.Date(), nullable=True),
        sa.Column("auto_renew", sa.Boolean(), nullable=False),
        sa.Column("nameservers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=True),
        sa.Column("is_transfer_locked", sa.Boolean(), nullable=False),
        sa.Column("is_premium", sa.Boolean(), nullable=False),
        sa.Column("registrant_contact_id", sa.Uuid(), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "registrar IN ('namecheap', 'resellerclub', 'opensrs', 'godaddy')", name=op.f("ck_domains_registrar")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'active', 'expired', 'redemption', 'suspended', 'transferred', 'deleted')",
            name=op.f("ck_domains_status"),
        ),
        sa.CheckConstraint("domain_name = lower(domain_name)", name=op.f("ck_domains_domain_name_lower")),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.id"], name=op.f("fk_domains_license_id_licenses")),
        sa.ForeignKeyConstraint(
            ["registrant_contact_id"],
            ["domain_contacts.id"],
            name=op.f("fk_domains_registrant_contact_id_domain_contacts"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_domains_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domains")),
        sa.UniqueConstraint("domain_name", name=op.f("uq_domains_domain_name")),
    )
    op.create_index(
        "ix_domains_expiring",
        "domains",
        ["expiry_date"],
        unique=False,
        postgresql_where=sa.text("status IN ('active', 'expired')"),
    )
    op.create_index(op.f("ix_domains_license_id"), "domains", ["license_id"], unique=False)
    op.create_index(
        "ix_domains_unsynced", "domains", ["updated_at"], unique=False, postgresql_where=sa.text("synced_at IS NULL")
    )
    op.create_index(op.f("ix_domains_user_id_id"), "domains", ["user_id", "id"], unique=False)
    op.create_table(
        "fulfillment_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("error_code", sa.String(length=80), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("actor_user_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_user_id"], ["users.id"], name=op.f("fk_fulfillment_attempts_actor_user_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["fulfillment_steps.id"], name=op.f("fk_fulfillment_attempts_step_id_fulfillment_steps")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_fulfillment_attempts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfillment_attempts")),
    )
    op.create_index(op.f("ix_fulfillment_attempts_step_id_id"), "fulfillment_attempts", ["step_id", "id"], unique=False)
    op.create_index(op.f("ix_fulfillment_attempts_user_id"), "fulfillment_attempts", ["user_id"], unique=False)
    op.create_table(
        "panel_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("panel_server_id", sa.Uuid(), nullable=False),
        sa.Column("nextpanel_account_id", sa.String(length=64), nullable=True),
        sa.Column("username", sa.String(length=200), nullable=True),
        sa.Column("login_url", sa.String(length=500), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("setup_url_encrypted", sa.Text(), nullable=True),
        sa.Column("setup_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('creating', 'active', 'suspended', 'terminated')", name=op.f("ck_panel_accounts_status")
        ),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.id"], name=op.f("fk_panel_accounts_license_id_licenses")),
        sa.ForeignKeyConstraint(
            ["panel_server_id"], ["panel_servers.id"], name=op.f("fk_panel_accounts_panel_server_id_panel_servers")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_panel_accounts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_accounts")),
        sa.UniqueConstraint("license_id", name=op.f("uq_panel_accounts_license_id")),
        sa.UniqueConstraint(
            "panel_server_id",
            "nextpanel_account_id",
            name=op.f("uq_panel_accounts_panel_server_id_nextpanel_account_id"),
        ),
    )
    op.create_index(op.f("ix_panel_accounts_panel_server_id"), "panel_accounts", ["panel_server_id"], unique=False)
    op.create_index(op.f("ix_panel_accounts_user_id"), "panel_accounts", ["user_id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_subscription_id", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("interval", sa.String(length=8), nullable=False),
        sa.Column("current_period_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current_period_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_at_period_end", sa.Boolean(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("interval IN ('month', 'year')", name=op.f("ck_subscriptions_interval")),
        sa.CheckConstraint(
            "status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'cancelled')",
            name=op.f("ck_subscriptions_status"),
        ),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.id"], name=op.f("fk_subscriptions_license_id_licenses")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_subscriptions_order_id_orders")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_subscriptions_plan_id_plans")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_subscriptions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("order_id", name=op.f("uq_subscriptions_order_id")),
        sa.UniqueConstraint("stripe_subscription_id", name=op.f("uq_subscriptions_stripe_subscription_id")),
    )
    op.create_index(op.f("ix_subscriptions_license_id"), "subscriptions", ["license_id"], unique=False)
    op.create_index(op.f("ix_subscriptions_user_id"), "subscriptions", ["user_id"], unique=False)
    op.create_table(
        "usage",
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "resource IN ('accounts', 'domains', 'databases', 'emails')", name=op.f("ck_usage_resource")
        ),
        sa.CheckConstraint("used >= 0", name=op.f("ck_usage_not_negative")),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.id"], name=op.f("fk_usage_license_id_licenses")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_usage_user_id_users")),
        sa.PrimaryKeyConstraint("license_id", "resource", name=op.f("pk_usage")),
    )
    op.create_index(op.f("ix_usage_user_id"), "usage", ["user_id"], unique=False)
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.Column("stripe_invoice_id", sa.String(length=255), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("amount_due", sa.BigInteger(), nullable=False),
        sa.Column("amount_paid", sa.BigInteger(), nullable=False),
        sa.Column("invoice_pdf_url", sa.Text(), nullable=True),
        sa.Column("hosted_invoice_url", sa.Text(), nullable=True),
        sa.Column("due_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'open', 'paid', 'void', 'uncollectible')", name=op.f("ck_invoices_status")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoices_order_id_orders")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name=op.f("fk_invoices_subscription_id_subscriptions")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invoices_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("number", name=op.f("uq_invoices_number")),
        sa.UniqueConstraint("stripe_invoice_id", name=op.f("uq_invoices_stripe_invoice_id")),
    )
    op.create_index(op.f("ix_invoices_order_id"), "invoices", ["order_id"], unique=False)
    op.create_index(op.f("ix_invoices_subscription_id"), "invoices", ["subscription_id"], unique=False)
    op.create_index(op.f("ix_invoices_user_id_id"), "invoices", ["user_id", "id"], unique=False)
    op.create_table(
        "usage_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=True),
        sa.Column("resource", sa.String(length=24), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("action IN ('created', 'deleted', 'snapshot')", name=op.f("ck_usage_records_action")),
        sa.CheckConstraint(
            "resource IN ('accounts', 'domains', 'databases', 'emails')", name=op.f("ck_usage_records_resource")
        ),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_keys.id"], name=op.f("fk_usage_records_api_key_id_api_keys")),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.id"], name=op.f("fk_usage_records_license_id_licenses")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_usage_records_user_id_users")),
        sa.PrimaryKeyConstraint("id", "created_at", name=op.f("pk_usage_records")),
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index(
        op.f("ix_usage_records_license_id_created_at"), "usage_records", ["license_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_usage_records_user_id"), "usage_records", ["user_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("license_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("stripe_payment_intent_id", sa.String(length=255), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("payment_method", sa.String(length=80), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("status IN ('pending', 'succeeded', 'failed', 'refunded')", name=op.f("ck_payments_status")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_payments_invoice_id_invoices")),
        sa.ForeignKeyConstraint(["license_id"], ["licenses.id"], name=op.f("fk_payments_license_id_licenses")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_payments_user_id_users")),
        sa.PrimaryKeyConstraint("id", "created_at", name=op.f("pk_payments")),
        sa.UniqueConstraint(
            "stripe_payment_intent_id", "created_at", name=op.f("uq_payments_stripe_payment_intent_id_created_at")
        ),
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index(op.f("ix_payments_invoice_id"), "payments", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_payments_user_id_id"), "payments", ["user_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_payments_user_id_id"), table_name="payments")
    op.drop_index(op.f("ix_payments_invoice_id"), table_name="payments")
    op.drop_table("payments")
    op.drop_index(op.f("ix_usage_records_user_id"), table_name="usage_records")
    op.drop_index(op.f("ix_usage_records_license_id_created_at"), table_name="usage_records")
    op.drop_table("usage_records")
    op.drop_index(op.f("ix_invoices_user_id_id"), table_name="invoices")
    op.drop_index(op.f("ix_invoices_subscription_id"), table_name="invoices")
    op.drop_index(op.f("ix_invoices_order_id"), table_name="invoices")
    op.drop_table("invoices")
    op.drop_index(op.f("ix_usage_user_id"), table_name="usage")
    op.drop_table("usage")
    op.drop_index(op.f("ix_subscriptions_user_id"), table_name="subscriptions")
    op.drop_index(op.f("ix_subscriptions_license_id"), table_name="subscriptions")
    op.drop_table("subscriptions")
    op.drop_index(op.f("ix_panel_accounts_user_id"), table_name="panel_accounts")
    op.drop_index(op.f("ix_panel_accounts_panel_server_id"), table_name="panel_accounts")
    op.drop_table("panel_accounts")
    op.drop_index(op.f("ix_fulfillment_attempts_user_id"), table_name="fulfillment_attempts")
    op.drop_index(op.f("ix_fulfillment_attempts_step_id_id"), table_name="fulfillment_attempts")
    op.drop_table("fulfillment_attempts")
    op.drop_index(op.f("ix_domains_user_id_id"), table_name="domains")
    op.drop_index("ix_domains_unsynced", table_name="domains", postgresql_where=sa.text("synced_at IS NULL"))
    op.drop_index(op.f("ix_domains_license_id"), table_name="domains")
    op.drop_index(
        "ix_domains_expiring", table_name="domains", postgresql_where=sa.text("status IN ('active', 'expired')")
    )
    op.drop_table("domains")
    op.drop_index(op.f("ix_api_keys_user_id"), table_name="api_keys")
    op.drop_index(op.f("ix_api_keys_panel_server_id"), table_name="api_keys")
    op.drop_index(op.f("ix_api_keys_license_id"), table_name="api_keys")
    op.drop_index(op.f("ix_api_keys_key_hash"), table_name="api_keys")
    op.drop_table("api_keys")
    op.drop_index(
        "uq_registrar_operations_under_way",
        table_name="registrar_operations",
        postgresql_where=sa.text("state IN ('sent', 'unknown')"),
    )
    op.drop_index(op.f("ix_registrar_operations_user_id"), table_name="registrar_operations")
    op.drop_index(
        "ix_registrar_operations_unsettled",
        table_name="registrar_operations",
        postgresql_where=sa.text("state IN ('sent', 'unknown')"),
    )
    op.drop_index(op.f("ix_registrar_operations_order_item_id"), table_name="registrar_operations")
    op.drop_index(op.f("ix_registrar_operations_domain_name"), table_name="registrar_operations")
    op.drop_table("registrar_operations")
    op.drop_index(op.f("ix_refunds_user_id_id"), table_name="refunds")
    op.drop_index(op.f("ix_refunds_stripe_payment_intent_id"), table_name="refunds")
    op.drop_table("refunds")
    op.drop_index(op.f("ix_licenses_user_id"), table_name="licenses")
    op.drop_index(op.f("ix_licenses_status_expiry_date"), table_name="licenses")
    op.drop_index(op.f("ix_licenses_plan_id"), table_name="licenses")
    op.drop_table("licenses")
    op.drop_index(op.f("ix_fulfillment_steps_user_id"), table_name="fulfillment_steps")
    op.drop_index(op.f("ix_fulfillment_steps_order_id"), table_name="fulfillment_steps")
    op.drop_index(
        "ix_fulfillment_steps_leased", table_name="fulfillment_steps", postgresql_where=sa.text("status = 'running'")
    )
    op.drop_index(
        "ix_fulfillment_steps_due",
        table_name="fulfillment_steps",
        postgresql_where=sa.text("status IN ('pending', 'waiting')"),
    )
    op.drop_index(
        "ix_fulfillment_steps_attention",
        table_name="fulfillment_steps",
        postgresql_where=sa.text("status = 'needs_attention'"),
    )
    op.drop_table("fulfillment_steps")
    op.drop_index(op.f("ix_refresh_tokens_user_id"), table_name="refresh_tokens")
    op.drop_index(op.f("ix_refresh_tokens_session_id"), table_name="refresh_tokens")
    op.drop_index(op.f("ix_refresh_tokens_expires_at"), table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_index(op.f("ix_order_items_user_id"), table_name="order_items")
    op.drop_index("ix_order_items_domain_name", table_name="order_items")
    op.drop_table("order_items")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_index("ix_sessions_live", table_name="sessions", postgresql_where=sa.text("revoked_at IS NULL"))
    op.drop_index("ix_sessions_last_seen_at", table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("ix_orders_user_id_id"), table_name="orders")
    op.drop_index(op.f("ix_orders_stripe_payment_intent_id"), table_name="orders")
    op.drop_index(
        "ix_orders_payment_check", table_name="orders", postgresql_where=sa.text("status = 'awaiting_payment'")
    )
    op.drop_table("orders")
    op.drop_index(op.f("ix_email_tokens_user_id"), table_name="email_tokens")
    op.drop_index(op.f("ix_email_tokens_expires_at"), table_name="email_tokens")
    op.drop_table("email_tokens")
    op.drop_index("ix_email_messages_user", table_name="email_messages")
    op.drop_index("ix_email_messages_status", table_name="email_messages")
    op.drop_index(
        "ix_email_messages_due",
        table_name="email_messages",
        postgresql_where=sa.text("status IN ('queued', 'sending')"),
    )
    op.drop_index(
        "ix_email_messages_bodies", table_name="email_messages", postgresql_where=sa.text("body_text IS NOT NULL")
    )
    op.drop_table("email_messages")
    op.drop_index(op.f("ix_domain_contacts_user_id"), table_name="domain_contacts")
    op.drop_table("domain_contacts")
    op.drop_index("ix_audit_entries_object", table_name="audit_entries")
    op.drop_index("ix_audit_entries_actor", table_name="audit_entries")
    op.drop_index("ix_audit_entries_action", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_index("ix_webhook_events_type", table_name="webhook_events")
    op.drop_index("ix_webhook_events_due", table_name="webhook_events", postgresql_where=sa.text("status = 'received'"))
    op.drop_table("webhook_events")
    op.drop_index("ix_users_staff", table_name="users", postgresql_where=sa.text("role <> 'customer'"))
    op.drop_table("users")
    op.drop_table("tld_prices")
    op.drop_table("plans")
    op.drop_table("panel_servers")
    op.drop_index(op.f("ix_idempotency_records_created_at"), table_name="idempotency_records")
    op.drop_table("idempotency_records")
    op.drop_table("heartbeats")
    op.execute("DROP FUNCTION ensure_month_partition(text, date)")
