"""What the domain endpoints ask for."""

import uuid
from typing import Annotated

from fastapi import Depends

from billing.accounts.dependencies import ClientIp, CurrentPrincipal
from billing.catalog import service as catalog
from billing.catalog.models import TldAction
from billing.domains.actions.manage import DomainDesk
from billing.domains.actions.search import DomainSearch, TldQuote
from billing.domains.ports import Registrars
from billing.kit.container import provided
from billing.kit.db import Database, Subject


async def tld_quotes(database: Annotated[Database, Depends(provided(Database))]) -> dict[str, TldQuote]:
    """Return the customer's prices of every ending on sale; no transaction stays open while a registrar is asked."""
    async with database.transaction(Subject.system()) as session:
        prices = await catalog.list_tld_prices(session)
    return {
        row.tld: TldQuote(row.registrar, row.price(TldAction.REGISTER), row.price(TldAction.RENEW)) for row in prices
    }


TldQuotes = Annotated[dict[str, TldQuote], Depends(tld_quotes)]
Search = Annotated[DomainSearch, Depends(provided(DomainSearch))]


async def own_domain(
    domain_id: uuid.UUID,
    principal: CurrentPrincipal,
    database: Annotated[Database, Depends(provided(Database))],
    registrars: Annotated[Registrars, Depends(provided(Registrars))],
    ip: ClientIp,
) -> DomainDesk:
    """Return the desk at which the caller changes the domain of the path."""
    return DomainDesk(database, registrars, principal.user_id, domain_id, ip)


OwnDomain = Annotated[DomainDesk, Depends(own_domain)]
