"""The tables and columns that the system's description names, literally, and what it demands of them."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.conftest import TEMPLATE, Cluster

CORE_TABLES = {
    "users": "id email password_hash full_name company_name stripe_customer_id created_at updated_at is_active",
    "licenses": (
        "id user_id license_key license_type status features max_accounts max_domains max_databases max_emails"
        " nextpanel_user_id activation_date expiry_date auto_renew created_at updated_at"
    ),
    "subscriptions": (
        "id license_id stripe_subscription_id plan_id status current_period_start current_period_end"
        " cancel_at_period_end created_at updated_at"
    ),
    "plans": (
        "id name description price_monthly price_yearly features max_accounts max_domains max_databases"
        " stripe_price_id_monthly stripe_price_id_yearly is_active created_at updated_at"
    ),
    "domains": (
        "id user_id license_id domain_name registrar registrar_domain_id registration_date expiry_date auto_renew"
        " nameservers status created_at updated_at"
    ),
    "payments": (
        "id user_id license_id stripe_payment_intent_id amount currency status payment_method description metadata"
        " created_at"
    ),
    "invoices": (
        "id user_id stripe_invoice_id subscription_id amount_due amount_paid currency status invoice_pdf_url"
        " created_at due_date paid_at"
    ),
    "api_keys": "id license_id key_hash name permissions last_used_at expires_at is_active created_at",
    "webhook_events": "id event_type source payload processed processed_at error_message created_at",
}
FURTHER_TABLES = {
    "orders",
    "order_items",
    "fulfillment_steps",
    "sessions",
    "usage_records",
    "panel_servers",
    "panel_accounts",
    "email_messages",
    "audit_entries",
    "tld_prices",
    "refunds",
    "idempotency_records",
}
JSONB = {
    "licenses.features",
    "plans.features",
    "domains.nameservers",
    "payments.metadata",
    "api_keys.permissions",
    "webhook_events.payload",
}
UNIQUE = {
    "users.email",
    "subscriptions.stripe_subscription_id",
    "domains.domain_name",
    "invoices.stripe_invoice_id",
}


@dataclass(frozen=True)
class Schema:
    """What the migrated database has: `columns` by `table.column` their type, first columns of indexes, checks."""

    columns: dict[str, str]
    indexed: set[str]
    unique: set[str]
    checks: list[str]


COLUMNS = """
SELECT json_object_agg(table_name || '.' || column_name, data_type) FROM information_schema.columns
WHERE table_schema = 'public'
"""
INDEXED = """
SELECT json_agg(DISTINCT c.relname || '.' || a.attname) FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid AND NOT c.relispartition
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE i.indisvalid AND c.relnamespace = 'public'::regnamespace
"""
UNIQUE_ALONE = f"{INDEXED} AND i.indisunique AND i.indnkeyatts = 1"
CHECKS = """
SELECT json_agg(conrelid::regclass::text || ' ' || pg_get_constraintdef(oid)) FROM pg_constraint WHERE contype = 'c'
"""


@pytest.fixture(scope="module")
def schema(cluster: Cluster) -> Iterator[Schema]:
    name = f"s_{uuid.uuid4().hex}"
    cluster.server.create_database(name, template=TEMPLATE, owner="billing_owner")
    found = [json.loads(cluster.server.execute(sql, database=name)) for sql in (COLUMNS, INDEXED, UNIQUE_ALONE, CHECKS)]
    yield Schema(found[0], set(found[1]), set(found[2]), found[3])
    cluster.server.drop_database(name)


@pytest.mark.parametrize("table", CORE_TABLES)
def test_the_core_tables_have_their_columns(schema: Schema, table: str) -> None:
    assert {f"{table}.{column}" for column in CORE_TABLES[table].split()} - set(schema.columns) == set()


def test_ids_are_uuids_and_flexible_columns_are_jsonb(schema: Schema) -> None:
    assert {schema.columns[f"{table}.id"] for table in CORE_TABLES} == {"uuid"}
    assert {schema.columns[column] for column in JSONB} == {"jsonb"}
    tables = {name.split(".")[0] for name in schema.columns}
    assert FURTHER_TABLES - tables == set()


def test_money_is_bigint_beside_its_currency(schema: Schema) -> None:
    ends = ("_amount", ".amount", ".amount_due", ".amount_paid", ".price_monthly", ".price_yearly")
    money = {name: kind for name, kind in schema.columns.items() if name.endswith(ends)}
    assert len(money) > 15
    assert set(money.values()) == {"bigint"}
    assert {f"{name.split('.')[0]}.currency" for name in money} - set(schema.columns) == set()
    inexact = {"money", "real", "double precision"}
    assert [name for name, kind in schema.columns.items() if kind in inexact] == []
    # Exact decimals: a rate, and a price of which a minor unit is only the rounded product.
    exact = {name for name, kind in schema.columns.items() if kind == "numeric"}
    assert exact == {"tax_rates.percentage", "invoice_lines.unit_price"}


def test_instants_know_their_zone(schema: Schema) -> None:
    assert [name for name, kind in schema.columns.items() if kind == "timestamp without time zone"] == []


def test_look_ups_by_email_license_and_domain_have_indexes(schema: Schema) -> None:
    assert UNIQUE - schema.unique == set()
    # The key itself rests encrypted; it is found by its keyed hash.
    assert "licenses.license_key_hash" in schema.unique
    wanted = {"api_keys.key_hash", "payments.stripe_payment_intent_id", "order_items.domain_name"}
    assert wanted - schema.indexed == set()


def test_every_customers_column_has_an_index(schema: Schema) -> None:
    """Row-level security compares user_id on every read: without an index each would scan its table."""
    partitions = ("payments_", "usage_records_")
    owned = {name for name in schema.columns if name.endswith(".user_id") and not name.startswith(partitions)}
    assert len(owned) > 12
    assert owned - schema.indexed == set()


def test_enums_are_checked(schema: Schema) -> None:
    for table, column, value in (
        ("licenses", "license_type", "enterprise"),
        ("licenses", "status", "suspended"),
        ("subscriptions", "status", "past_due"),
        ("domains", "status", "transferred"),
        ("payments", "status", "refunded"),
        ("invoices", "status", "uncollectible"),
        ("webhook_events", "source", "registrar"),
        ("users", "role", "billing_admin"),
        ("orders", "status", "awaiting_payment"),
    ):
        checks = [check for check in schema.checks if check.startswith(f"{table} ") and column in check]
        assert [check for check in checks if f"'{value}'" in check], (table, column)
