"""What an account may do: requests per second, keys with few permissions, an index that lags behind."""

import time
from collections.abc import Callable

import pytest
import stripe

from tests.process import SandboxProcess, http
from tests.stripe.story import Story, client_for


def repeat(times: int, request: Callable[[], object]) -> None:
    """The same request again and again, as fast as it is answered."""
    for _ in range(times):
        request()


def test_requests_beyond_the_limit(story: Story, sandbox: SandboxProcess) -> None:
    customer = story.customer().id
    assert sandbox.admin.post("/stripe/rate-limit", json={"per_second": 5}).json() == {"per_second": 5}
    with pytest.raises(stripe.RateLimitError) as limited:
        repeat(20, lambda: story.v1.customers.retrieve(customer))
    assert limited.value.error is not None
    assert limited.value.error.code == "rate_limit"
    assert limited.value.headers is not None
    assert limited.value.headers["stripe-rate-limited-reason"] == "global-rate"
    time.sleep(1)
    assert story.v1.customers.retrieve(customer).id == customer
    assert sandbox.admin.post("/stripe/rate-limit", json={"per_second": 0}).status_code == 200
    repeat(20, lambda: story.v1.customers.retrieve(customer))
    assert sandbox.admin.post("/stripe/rate-limit", json={"per_second": "many"}).status_code == 400


def test_search_has_a_lower_limit(story: Story, sandbox: SandboxProcess) -> None:
    sandbox.admin.post("/stripe/rate-limit", json={"per_second": 1000})
    with pytest.raises(stripe.RateLimitError) as limited:
        repeat(200, lambda: story.v1.customers.search({"query": 'name:"Ann"'}))
    assert limited.value.headers is not None
    assert limited.value.headers["stripe-rate-limited-reason"] == "endpoint-rate"
    assert story.customer().name == "Ann"


def test_a_limited_request_left_nothing_behind(story: Story, sandbox: SandboxProcess) -> None:
    sandbox.arm("customers.create", "lock_timeout")
    with pytest.raises(stripe.RateLimitError) as locked:
        story.v1.customers.create({"name": "once"}, {"idempotency_key": "k-1"})
    assert locked.value.error is not None
    assert locked.value.error.code == "lock_timeout"
    made = story.v1.customers.create({"name": "once"}, {"idempotency_key": "k-1"})
    assert [customer.id for customer in story.v1.customers.list().data] == [made.id]
    sandbox.arm("customers.create", "lock_timeout", times=2)
    with client_for(sandbox.url, max_network_retries=2) as patient:
        assert patient.v1.customers.create({"name": "patient"}).name == "patient"


def test_a_limit_from_the_settings() -> None:
    running = SandboxProcess(SANDBOX_STRIPE_RATE_LIMIT="2").start()
    url = f"{running.url}/stripe/v1/customers"
    statuses = [http("GET", url, headers={"Authorization": "Bearer sk_test_sandbox"}).status_code for _ in range(6)]
    running.stop()
    assert statuses[:2] == [200, 200]
    assert 429 in statuses


def test_a_restricted_key_does_what_it_was_made_for(story: Story, sandbox: SandboxProcess) -> None:
    customer = story.customer().id
    made = sandbox.admin.post("/stripe/restricted-keys", json={"permissions": {"customers": "read"}})
    key = made.json()["key"]
    assert (made.status_code, key.startswith("rk_test_")) == (201, True)
    base = f"{sandbox.url}/stripe/v1"
    headers = {"Authorization": f"Bearer {key}"}
    assert http("GET", f"{base}/customers/{customer}", headers=headers).json()["id"] == customer
    for method, path in (("POST", "customers"), ("GET", "invoices")):
        refused = http(method, f"{base}/{path}", headers=headers)
        assert refused.status_code == 403
        assert "does not have the required permissions" in refused.json()["error"]["message"]
        assert key not in refused.text
    wrong = sandbox.admin.post("/stripe/restricted-keys", json={"permissions": {"customers": "everything"}})
    assert wrong.status_code == 400


def test_all_searches_lag_until_the_knob_is_turned_back(story: Story, sandbox: SandboxProcess) -> None:
    sandbox.admin.post("/stripe/search-lag", json={"seconds": 60}).raise_for_status()
    story.customer()
    query: stripe.params.CustomerSearchParams = {"query": 'name:"Ann"'}
    assert story.v1.customers.search(query).data == []
    sandbox.advance(60)
    assert len(story.v1.customers.search(query).data) == 1
    story.customer()
    assert len(story.v1.customers.search(query).data) == 1
    sandbox.admin.post("/stripe/search-lag", json={"seconds": 0})
    assert len(story.v1.customers.search(query).data) == 2
    assert sandbox.admin.post("/stripe/search-lag", json={"seconds": -1}).status_code == 400
