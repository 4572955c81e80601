"""The composition root: which instance stands behind which type and port. Imported by the other roots and by tests."""

import base64
from collections.abc import Mapping

import httpx
import redis.asyncio as aioredis
from celery import Celery
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from stripe import HTTPXClient

from billing.accounts.parts import wire_accounts
from billing.admin.ports import CouponDesk
from billing.catalog.ports import PriceBook
from billing.domains.actions.search import DomainSearch
from billing.domains.ports import Registrars
from billing.flows.bookkeeping.credits import LedgerCredits
from billing.flows.dunning.handlers import RenewalFailed
from billing.flows.dunning.ports import DunningProvider, PaidRenewals
from billing.flows.mirror.handlers import (
    ChargeRefunded,
    CreditNoteChanged,
    DisputeChanged,
    InvoiceChanged,
    RefundChanged,
)
from billing.flows.purchase.runner import StepRunner
from billing.flows.purchase.steps import (
    dns_zone,
    issue_license,
    provision_account,
    register_domain,
    renew_domain,
    welcome_mail,
)
from billing.flows.reconcile.handlers import ChargeSettled
from billing.flows.reconcile.ports import ProviderBooks
from billing.flows.renewal.handlers import InvoicePaid, Renewal, SubscriptionChanged
from billing.flows.subscription.cards import CardSetUp
from billing.flows.subscription.trials import TrialEnding
from billing.inbound.drain import Drain
from billing.inbound.inbox import Inbox
from billing.inbound.ports import EventHandler, EventHandlers, WebhookVerifier
from billing.integrations.mail.smtp import SmtpMailer
from billing.integrations.nextpanel.gateway import NextPanelGateway
from billing.integrations.registrars.namecheap.adapter import NAME as NAMECHEAP
from billing.integrations.registrars.namecheap.config import NamecheapConfig
from billing.integrations.registrars.registry import build_registrar
from billing.integrations.stripe.balance import StripeBalanceDesk
from billing.integrations.stripe.books import StripeBooks
from billing.integrations.stripe.cards import StripeCards
from billing.integrations.stripe.client import create_client, create_http
from billing.integrations.stripe.coupons import StripeCouponDesk
from billing.integrations.stripe.dunning import StripeDunning
from billing.integrations.stripe.endpoint import StripeEndpoint
from billing.integrations.stripe.prices import StripePriceBook
from billing.integrations.stripe.provider import StripeProvider
from billing.integrations.stripe.refunds import StripeRefundDesk
from billing.integrations.stripe.subscriptions import StripeSubscriptions
from billing.integrations.stripe.taxes import StripeTaxDesk
from billing.integrations.stripe.webhooks import StripeVerifier
from billing.integrations.vies.client import ViesRegistry
from billing.invoices.documents.kinds import CREDIT_NOTE_PDF, INVOICE_PDF
from billing.invoices.service import DocumentMaker
from billing.kit.container import Container
from billing.kit.crypto import BlindIndex, EncryptionKey, Vault
from billing.kit.db import Database
from billing.kit.live import LiveHints
from billing.kit.ratelimit import RateLimiter
from billing.kit.redis_guard import GuardedRedis
from billing.kit.tasks import CeleryQueue, TaskQueue
from billing.kit.tokens import TokenSigner
from billing.notifications.ports import AttachmentMakers, Mailer
from billing.panels.ports import PanelGateway
from billing.payments.ports import BalanceDesk, CreditBooks, PaymentProvider, RefundDesk
from billing.settings import Settings
from billing.subscriptions.ports import CardProvider, SubscriptionProvider
from billing.tax.ports import TaxDesk, VatRegistry
from service_kit.clock import Clock, clock_of
from service_kit.db import create_engine
from service_kit.passwords import PasswordHasher

STEPS = (
    issue_license.DEFINITION,
    provision_account.DEFINITION,
    register_domain.DEFINITION,
    renew_domain.DEFINITION,
    dns_zone.DEFINITION,
    welcome_mail.DEFINITION,
)


def celery_app(settings: Settings) -> Celery:
    """Return the Celery application. Results are never kept: the database holds what came of a task."""
    app = Celery("billing", broker=settings.broker_url.get_secret_value())
    app.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        timezone="UTC",
        task_default_queue="billing",
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_prefetch_multiplier=4,
        worker_hijack_root_logger=False,
        # Short limits: a dead broker must cost the caller little, the sweep finds the work anyway.
        broker_transport_options={
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "visibility_timeout": 3600,
            "max_retries": 0,
        },
    )
    return app


def build_container(
    settings: Settings, *, clock: Clock | None = None, queue: TaskQueue | None = None, worker: bool = False
) -> Container:
    """Return everything wired; `worker` chooses the workers' database role. Close with `close_container`."""
    container = Container()
    container.put(Settings, settings)
    clock = container.put(Clock, clock_of(settings.clock_file) if clock is None else clock)
    queue = container.put(TaskQueue, CeleryQueue(celery_app(settings)) if queue is None else queue)
    keys = [EncryptionKey(key.id, key.key) for key in settings.encryption_keys]
    vault = container.put(Vault, Vault(keys))
    container.put(BlindIndex, BlindIndex(base64.b64decode(settings.blind_index_key.get_secret_value())))
    signer = TokenSigner(
        base64.b64decode(settings.token_private_key.get_secret_value()), issuer=settings.base_url, clock=clock
    )
    container.put(TokenSigner, signer)
    url = settings.worker_database_url if worker else settings.database_url
    engine = create_engine(
        url.get_secret_value(),
        pool_size=settings.database_pool_size,
        application_name="billing-worker" if worker else "billing-api",
    )
    container.put(Database, Database(engine, queue, vault))
    _put_redis(container, settings, clock)
    wire_accounts(container)
    _put_ports(container, settings, signer)
    provider = container.get(PaymentProvider)
    container.put(PaidRenewals, Renewal(settings, clock))
    handlers = container.put(EventHandlers, EventHandlers(_handlers(container, provider, settings, clock)))
    _put_events(container, settings, handlers)
    container.put(StepRunner, StepRunner(container, {step.kind: step for step in STEPS}))
    return container


def _put_redis(container: Container, settings: Settings, clock: Clock) -> None:
    redis = aioredis.Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=2,
        socket_connect_timeout=1,
        health_check_interval=30,
        # One more try is for a connection that died while idle; who can do without Redis doesn't wait for ten.
        retry=Retry(NoBackoff(), 1),
    )
    # A subscription waits for messages as long as it takes; the limit above would cut it.
    watching = aioredis.Redis.from_url(
        settings.redis_url.get_secret_value(), socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
    )
    container.put(aioredis.Redis, redis)
    guarded = container.put(GuardedRedis, GuardedRedis(redis))
    container.put(RateLimiter, RateLimiter(guarded, clock))
    container.put(LiveHints, LiveHints(guarded, watching))


def _put_ports(container: Container, settings: Settings, signer: TokenSigner) -> None:
    http = container.put(HTTPXClient, create_http(settings))
    stripe = create_client(settings, http)
    container.put(PaymentProvider, StripeProvider(stripe))
    container.put(SubscriptionProvider, StripeSubscriptions(stripe))
    container.put(CardProvider, StripeCards(stripe))
    container.put(RefundDesk, StripeRefundDesk(stripe))
    container.put(BalanceDesk, StripeBalanceDesk(stripe))
    container.put(PriceBook, StripePriceBook(stripe))
    container.put(CouponDesk, StripeCouponDesk(stripe))
    container.put(ProviderBooks, StripeBooks(stripe))
    container.put(CreditBooks, LedgerCredits())
    container.put(DunningProvider, StripeDunning(stripe))
    container.put(TaxDesk, StripeTaxDesk(stripe))
    _put_vat_registry(container, settings)
    container.put(StripeEndpoint, StripeEndpoint(stripe))
    container.put(WebhookVerifier, StripeVerifier(settings.stripe_webhook_secret.get_secret_value()))
    container.put(NextPanelGateway, panel := NextPanelGateway(signer))
    container.put(PanelGateway, panel)
    documents = DocumentMaker(settings)
    makers = {INVOICE_PDF: documents.invoice, CREDIT_NOTE_PDF: documents.credit_note}
    container.put(AttachmentMakers, AttachmentMakers(makers))
    container.put(Mailer, SmtpMailer(settings.smtp_url.get_secret_value(), sender=settings.mail_from))
    namecheap = NamecheapConfig(
        api_url=settings.namecheap_endpoint,
        api_user=settings.namecheap_api_user,
        api_key=settings.namecheap_api_key.get_secret_value(),
        username=settings.namecheap_username or None,
        client_ip=settings.namecheap_client_ip,
        timeout=settings.namecheap_timeout,
    )
    configured = {NAMECHEAP: build_registrar(NAMECHEAP, namecheap)} if settings.namecheap_api_user else {}
    registrars = container.put(Registrars, Registrars(configured))
    container.put(DomainSearch, DomainSearch(registrars))


def _put_vat_registry(container: Container, settings: Settings) -> None:
    http = httpx.AsyncClient(base_url=settings.vies_endpoint, timeout=settings.vies_timeout.total_seconds())
    registry = ViesRegistry(http, container.get(Clock), requester=settings.tax_seller_vat_number)
    container.put(ViesRegistry, registry)
    container.put(VatRegistry, registry)


def _handlers(
    container: Container, provider: PaymentProvider, settings: Settings, clock: Clock
) -> Mapping[str, EventHandler]:
    changed = SubscriptionChanged(provider, settings, clock)
    unpaid, cards = RenewalFailed(provider, settings, clock), container.get(CardProvider)
    return {
        **_mirrors(container, provider, settings, clock),
        "invoice.paid": InvoicePaid(provider, settings, clock),
        "invoice.payment_failed": unpaid,
        "invoice.payment_action_required": unpaid,
        "customer.subscription.updated": changed,
        "customer.subscription.deleted": changed,
        "customer.subscription.paused": changed,
        "customer.subscription.resumed": changed,
        "customer.subscription.pending_update_applied": changed,
        "customer.subscription.pending_update_expired": changed,
        "customer.subscription.trial_will_end": TrialEnding(
            container.get(SubscriptionProvider), cards, settings, clock
        ),
        "setup_intent.succeeded": CardSetUp(cards),
    }


def _mirrors(
    container: Container, provider: PaymentProvider, settings: Settings, clock: Clock
) -> Mapping[str, EventHandler]:
    """Handlers that keep our copies of invoices, refunds, credit notes and disputes."""
    desk = container.get(RefundDesk)
    invoice, refund = InvoiceChanged(provider, settings), RefundChanged(desk, settings, clock)
    note, dispute = CreditNoteChanged(desk), DisputeChanged(desk, settings)
    moves = ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
    changes = ("created", "updated", "finalized", "voided", "marked_uncollectible")
    return {
        **dict.fromkeys([f"invoice.{change}" for change in changes], invoice),
        **dict.fromkeys([f"refund.{change}" for change in ("created", "updated", "failed")], refund),
        **dict.fromkeys(["charge.succeeded", "charge.updated"], ChargeSettled(container.get(ProviderBooks))),
        "charge.refunded": ChargeRefunded(desk, settings, clock),
        **dict.fromkeys([f"credit_note.{change}" for change in ("created", "updated", "voided")], note),
        **dict.fromkeys([f"charge.dispute.{move}" for move in moves], dispute),
    }


def _put_events(container: Container, settings: Settings, handlers: EventHandlers) -> None:
    database, queue, clock = container.get(Database), container.get(TaskQueue), container.get(Clock)
    container.put(Inbox, Inbox(database, handlers, queue, clock, wake_pause=settings.webhook_wake_pause))
    # As long as the provider may take to answer, and then some.
    lease = settings.stripe_timeout + settings.step_lease_margin
    container.put(Drain, Drain(database, handlers, queue, clock, lease=lease))


async def close_container(container: Container) -> None:
    container.get(PasswordHasher).close()
    await container.get(Database).dispose()
    await container.get(aioredis.Redis).aclose()
    await container.get(LiveHints).close()
    await container.get(NextPanelGateway).aclose()
    await container.get(ViesRegistry).aclose()
    await container.get(HTTPXClient).close_async()  # type: ignore[no-untyped-call] # stripe leaves this method untyped
    await container.get(Registrars).aclose()
