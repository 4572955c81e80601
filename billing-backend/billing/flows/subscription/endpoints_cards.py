"""Cards of the customer. Their data goes from the browser to the payment provider, never here."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, status

from billing.accounts.dependencies import CurrentPrincipal
from billing.flows.purchase.errors import PaymentProviderDown
from billing.flows.subscription import cards
from billing.flows.subscription.cards import Wallet
from billing.flows.subscription.schemas import CardListOut, CardOut, CardSetupIn, CardSetupOut
from billing.kit.container import provided
from billing.kit.db import Database
from billing.kit.idempotency import IdempotencyKeyMissing, KeyHeader, require_key
from billing.settings import Settings
from billing.subscriptions.errors import CardInUse, CardNotFound, CardNotKept, ChangeRefused, NoCustomer
from billing.subscriptions.ports import CardProvider, SubscriptionProvider
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["payment methods"])

ASKING = (Unauthenticated, PaymentProviderDown, ChangeRefused)
CardId = Annotated[str, Path(pattern=r"^pm_[A-Za-z0-9_]{1,200}$", examples=["pm_1PxYz"])]


async def wallet(
    database: Annotated[Database, Depends(provided(Database))],
    provider: Annotated[CardProvider, Depends(provided(CardProvider))],
    subscriptions: Annotated[SubscriptionProvider, Depends(provided(SubscriptionProvider))],
) -> Wallet:
    return Wallet(database, provider, subscriptions)


WalletDep = Annotated[Wallet, Depends(wallet)]


@router.get("/payment-methods", responses=responses(*ASKING))
async def list_payment_methods(principal: CurrentPrincipal, wallet: WalletDep) -> CardListOut:
    """List your cards; the default one is what subscriptions are charged to."""
    found = await cards.list_cards(wallet, principal.user_id)
    return CardListOut(items=[CardOut.model_validate(card) for card in found])


@router.post(
    "/payment-method-setups",
    status_code=status.HTTP_201_CREATED,
    responses=responses(*ASKING, NoCustomer, IdempotencyKeyMissing),
)
async def begin_payment_method_setup(
    principal: CurrentPrincipal,
    wallet: WalletDep,
    settings: Annotated[Settings, Depends(provided(Settings))],
    idempotency_key: KeyHeader = None,
) -> CardSetupOut:
    """Begin to add a card: confirm the set-up with its `client_secret` in the browser, then finish it."""
    made = await cards.begin_setup(wallet, principal.user_id, require_key(idempotency_key))
    return CardSetupOut(id=made.id, client_secret=made.client_secret, publishable_key=settings.stripe_publishable_key)


@router.post("/payment-method-setups/finish", responses=responses(*ASKING, NoCustomer, CardNotKept))
async def finish_payment_method_setup(body: CardSetupIn, principal: CurrentPrincipal, wallet: WalletDep) -> CardListOut:
    """Charge the new card from now on, and try at once what is owed. Happens by itself if the browser is closed."""
    found = await cards.finish_setup(wallet, principal.user_id, body.setup_id)
    return CardListOut(items=[CardOut.model_validate(card) for card in found])


@router.post("/payment-methods/{card}/default", responses=responses(*ASKING, CardNotFound))
async def choose_payment_method(card: CardId, principal: CurrentPrincipal, wallet: WalletDep) -> CardListOut:
    """Charge this card from now on, and try at once what is owed."""
    found = await cards.choose(wallet, principal.user_id, card)
    return CardListOut(items=[CardOut.model_validate(one) for one in found])


@router.delete(
    "/payment-methods/{card}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=responses(*ASKING, CardNotFound, CardInUse),
)
async def remove_payment_method(card: CardId, principal: CurrentPrincipal, wallet: WalletDep) -> None:
    """Forget a card. The one that running subscriptions are charged to has to be replaced first."""
    await cards.detach(wallet, principal.user_id, card)
