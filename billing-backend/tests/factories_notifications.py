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
    "payment_failed": {
        "name": "Ada",
        "description": "Starter, yearly",
        "amount": Money(29000, "USD"),
        "next_attempt_at": AT,
        "pay_url": "https://portal.example/invoices/1",
    },
    "order_needs_attention": {
        "order_number": "O-1001",
        "step": "register_domain",
        "error": "the registrar's account is empty",
        "admin_url": "https://portal.example/admin/orders/1",
    },
}
