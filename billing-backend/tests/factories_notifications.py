"""Values every mail template accepts."""

from datetime import UTC, date, datetime

from billing.kit.money import Money

AT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
ORDER_URL = "https://portal.example/orders/1"

SAMPLES: dict[str, dict[str, object]] = {
    "verify_email": {"url": "https://portal.example/verify-email?token=abc", "valid_hours": 48},
    "account_exists": {"login_url": "https://portal.example/login", "reset_url": "https://portal.example/forgot"},
    "password_reset": {"name": "Ada", "url": "https://portal.example/reset?token=abc", "valid_minutes": 60},
    "password_changed": {"name": "Ada", "changed_at": AT, "reset_url": "https://portal.example/forgot"},
    "email_change": {"url": "https://portal.example/verify-email?token=abc", "valid_hours": 48},
    "email_changed": {"name": "Ada", "new_email": "countess@example.com", "changed_at": AT},
    "welcome": {
        "name": "Ada",
        "plan": "Professional",
        "license_last4": "7K2M",
        "setup_url": "https://panel.example/setup/abc",
        "setup_valid_hours": 72,
        "login_url": "https://panel.example/login",
        "domain": "ada.example",
    },
    "receipt": {
        "name": "Ada",
        "order_number": "O-1001",
        "lines": [
            {"description": "Starter, yearly", "amount": Money(29000, "USD")},
            {"description": "ada.example, 1 year", "amount": Money(1299, "USD")},
        ],
        "total": Money(30299, "USD"),
        "paid_at": AT,
        "order_url": ORDER_URL,
    },
    "domain_registered": {
        "name": "Ada",
        "domain": "ada.example",
        "expires_on": date(2027, 11, 20),
        "auto_renew": True,
        "nameservers": ["ns1.nextpanel.example", "ns2.nextpanel.example"],
        "domain_url": "https://portal.example/domains/1",
    },
    "domain_refunded": {
        "name": "Ada",
        "domain": "ada.example",
        "amount": Money(1299, "USD"),
        "reason": "name_taken",
        "order_url": ORDER_URL,
    },
    "trial_ending": {
        "name": "Ada",
        "plan": "Starter",
        "ends_at": AT,
        "amount": Money(2900, "USD"),
        "interval": "month",
        "has_card": True,
        "portal_url": "https://portal.example/subscriptions/1",
    },
    "plan_changed": {
        "name": "Ada",
        "plan": "Starter",
        "over": ["databases: 2"],
        "licenses_url": "https://portal.example/licenses/1",
    },
    "payment_failed": {
        "name": "Ada",
        "description": "Starter, yearly",
        "amount": Money(29000, "USD"),
        "next_attempt_at": AT,
        "pay_url": "https://portal.example/invoices/1/pay",
        "suspend_at": AT,
        "cancel_at": AT,
    },
    "payment_confirmation": {
        "name": "Ada",
        "description": "Starter, yearly",
        "amount": Money(29000, "USD"),
        "pay_url": "https://portal.example/invoices/1/pay",
        "suspend_at": AT,
        "cancel_at": AT,
    },
    "license_suspended": {
        "name": "Ada",
        "license": "license …7K2M",
        "amount": Money(29000, "USD"),
        "pay_url": "https://portal.example/invoices/1/pay",
        "cancel_at": AT,
    },
    "license_reinstated": {
        "name": "Ada",
        "license": "license …7K2M",
        "paid_until": AT,
        "portal_url": "https://portal.example",
    },
    "subscription_ended": {
        "name": "Ada",
        "license": "license …7K2M",
        "unpaid": True,
        "terminate_at": AT,
        "shop_url": "https://portal.example",
    },
    "account_terminated": {
        "name": "Ada",
        "license": "license …7K2M",
        "support_url": "https://portal.example/support",
    },
    "staff_notice": {
        "title": "A dunning run was stopped",
        "text": "Nothing was done to any of them, and it waits for somebody.",
        "facts": [["Accounts to suspend", "12"], ["Allowed within a day", "5"]],
        "url": "https://portal.example/admin/dunning/brakes/1",
    },
    "order_needs_attention": {
        "order_number": "O-1001",
        "step": "register_domain",
        "error": "the registrar's account is empty",
        "admin_url": "https://portal.example/admin/orders/1",
    },
    "invoice_paid": {
        "name": "Ada",
        "number": "A1B2C3D4-0002",
        "lines": [{"description": "NextPanel Starter, one year", "amount": Money(29_000, "USD")}],
        "total": Money(29_000, "USD"),
        "paid": Money(28_500, "USD"),
        "credit": Money(500, "USD"),
        "paid_at": AT,
        "invoice_url": "https://portal.example/invoices/1",
    },
    "refund_issued": {
        "name": "Ada",
        "amount": Money(1_399, "USD"),
        "number": "A1B2C3D4-0002-CN-01",
        "note": "Ordered twice",
    },
    "refund_returned": {"name": "Ada", "amount": Money(1_399, "USD")},
    "dispute_changed": {
        "is_open": True,
        "amount": Money(29_000, "USD"),
        "customer": "ada@customer.example",
        "reason": "fraudulent",
        "status": "needs response",
        "evidence_due_at": AT,
        "admin_url": "https://portal.example/admin/disputes/1",
    },
    "refund_failed": {
        "amount": Money(29_000, "USD"),
        "customer": "ada@customer.example",
        "reason": "expired or canceled card",
        "admin_url": "https://portal.example/admin/payments/1",
    },
}
