"""What a cart costs, for somebody who has no account yet."""

from typing import Any

import httpx
import pytest

from billing.catalog import seeds
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.settings import Settings
from billing.tax.seeds import seed_rates
from tests.factories_licenses import make_person

DOMAIN = {"type": "domain", "name": "example.com"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A seller in Germany."""
    return settings.model_copy(update={"tax_seller_country": "DE", "tax_seller_vat_number": "DE136695976"})


@pytest.fixture
async def shop(client: httpx.AsyncClient, database: Database) -> httpx.AsyncClient:
    async with database.transaction(Subject.system()) as session:
        await seeds.seed(session)
        await seed_rates(session)
    return client


async def quote(shop: httpx.AsyncClient, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    return await shop.post("/api/v1/quotes", json={"items": [DOMAIN], **body}, headers=headers)


@pytest.mark.parametrize(
    ("country", "tax", "treatment"),
    [("DE", 266, "taxed"), ("FR", 280, "taxed"), ("US", 0, "untaxed"), (None, 0, "untaxed")],
)
async def test_a_strangers_cart_is_taxed_by_the_country_alone(
    shop: httpx.AsyncClient, country: str | None, tax: int, treatment: str
) -> None:
    answer = await quote(shop, country=country)
    assert answer.status_code == 200, answer.text
    quoted = answer.json()
    assert (quoted["subtotal_amount"], quoted["tax_amount"]) == (1_399, tax)
    assert (quoted["total_amount"], quoted["tax"]["treatment"]) == (1_399 + tax, treatment)


async def test_a_customers_own_address_counts_more_than_the_request(
    shop: httpx.AsyncClient, container: Container
) -> None:
    person = await make_person(container)
    assert (await quote(shop, person.headers, country="FR")).json()["tax"]["country"] == "FR"
    saved = {"address_line1": "Hauptstr. 1", "city": "Berlin", "postal_code": "10115", "country": "DE"}
    assert (await shop.patch("/api/v1/me", json=saved, headers=person.headers)).status_code == 200
    assert (await quote(shop, person.headers, country="FR")).json()["tax"]["country"] == "DE"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"country": "de"}, 422, "validation_failed"),
        ({"currency": "EUR"}, 422, "currency_not_sold"),
        ({"items": [{"type": "domain_renewal", "name": "example.com"}]}, 404, "domain_not_found"),
        # The payment provider, who knows coupons, is not there.
        ({"coupon": "SPRING"}, 503, "payment_provider_unavailable"),
    ],
)
async def test_what_has_no_price_says_why(
    shop: httpx.AsyncClient, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await quote(shop, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_bad_token_is_no_stranger_and_strangers_have_a_limit(shop: httpx.AsyncClient) -> None:
    assert (await quote(shop, {"Authorization": "Bearer x.y.z"})).status_code == 401
    codes = [(await quote(shop)).status_code for _ in range(61)]
    assert codes == [*[200] * 60, 429]
