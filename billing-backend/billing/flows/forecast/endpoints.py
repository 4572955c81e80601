"""What is to come."""

from typing import Annotated

from fastapi import APIRouter, Depends

from billing.accounts.dependencies import CurrentPrincipal
from billing.flows.forecast.collect import collect
from billing.flows.forecast.schemas import ForecastOut
from billing.flows.purchase.errors import PaymentProviderDown
from billing.flows.subscription.desk import Desk
from billing.kit.container import provided
from billing.kit.db import Database
from billing.settings import Settings
from billing.subscriptions.errors import ChangeRefused
from billing.subscriptions.ports import SubscriptionProvider
from service_kit.clock import Clock
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1", tags=["subscriptions"])


@router.get("/forecast", responses=responses(Unauthenticated, PaymentProviderDown, ChangeRefused))
async def get_forecast(
    principal: CurrentPrincipal,
    database: Annotated[Database, Depends(provided(Database))],
    provider: Annotated[SubscriptionProvider, Depends(provided(SubscriptionProvider))],
    settings: Annotated[Settings, Depends(provided(Settings))],
    clock: Annotated[Clock, Depends(provided(Clock))],
) -> ForecastOut:
    """Show what you will be charged in the next twelve months, before tax, if everything stays as it is.

    Scheduled changes of plan count, and what a coupon takes off; domains count that renew by themselves.
    """
    return await collect(Desk(database, provider, settings, clock), principal.user_id)
