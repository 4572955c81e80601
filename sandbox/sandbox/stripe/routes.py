"""Routes of the stand-in: the API below `/v1`, Stripe.js, the pages objects link to, its part of the admin API."""

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount, Route

from sandbox.stripe.admin import StripeAdmin
from sandbox.stripe.billing_settings import BillingSettings
from sandbox.stripe.pages.routes import Pages
from sandbox.stripe.scripts import invoice_js, script_routes
from sandbox.stripe.service import StripeService
from sandbox.stripe.transport import Transport

_CORS = Middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "POST", "DELETE"],
    allow_headers=["authorization", "content-type", "idempotency-key", "stripe-version", "stripe-account"],
    expose_headers=["Request-Id", "Stripe-Version", "Idempotent-Replayed", "Original-Request"],
    max_age=300,
)


def routes(service: StripeService) -> list[BaseRoute]:
    """What is mounted below `/stripe`."""
    transport, pages = Transport(service), Pages(service)
    methods = ["GET", "POST", "DELETE", "PUT", "PATCH"]
    return [
        Mount("/v1", routes=[Route("/{path:path}", transport.handle, methods=methods)], middleware=[_CORS]),
        Mount("/js", routes=[*script_routes(), Route("/invoice.js", invoice_js, methods=["GET"])]),
        Route("/invoices/{token}", pages.invoice, methods=["GET"]),
        Route("/invoices/{token}/pdf", pages.invoice_pdf, methods=["GET"]),
        Route("/credit_notes/{token}/pdf", pages.credit_note_pdf, methods=["GET"]),
        Route("/invoices/{token}/pay", pages.pay_invoice, methods=["POST"]),
        Mount(
            "/3ds",
            routes=[
                Route("/{intent}", pages.challenge, methods=["GET"]),
                Route("/{intent}/{outcome}", pages.finish_challenge, methods=["POST"]),
            ],
            middleware=[_CORS],
        ),
    ]


def admin_routes(service: StripeService) -> list[BaseRoute]:
    """What is mounted below `/admin/stripe`."""
    admin, settings = StripeAdmin(service), BillingSettings(service.context.store)
    return [
        Route("/deliver", admin.deliver, methods=["POST"]),
        Route("/deliveries", admin.deliveries, methods=["GET"]),
        Route("/events/{event}/resend", admin.resend, methods=["POST"]),
        Route("/billing-settings", settings.show, methods=["GET"]),
        Route("/billing-settings", settings.change, methods=["PUT"]),
        Route("/decline-next", admin.decline_next, methods=["POST"]),
        Route("/customers/{customer}/discount", admin.give_discount, methods=["POST"]),
        Route("/rate-limit", admin.rate_limit, methods=["POST"]),
        Route("/restricted-keys", admin.restricted_key, methods=["POST"]),
        Route("/search-lag", admin.search_lag, methods=["POST"]),
        Route("/webhook_endpoints/{endpoint}/roll", admin.roll_secret, methods=["POST"]),
        Route("/disputes", admin.open_dispute, methods=["POST"]),
        Route("/disputes/{dispute}/{verdict}", admin.decide_dispute, methods=["POST"]),
    ]
