"""What a request may say: unknown, missing, mistyped, empty and unmodelled parameters; metadata; every TypedDict."""

import pytest
import stripe

from sandbox.stripe.catalog import OPERATIONS
from sandbox.stripe.errors import StripeError
from sandbox.stripe.form import parse_form
from sandbox.stripe.parameters import Params, check
from sandbox.stripe.sdk import Shape, fields_of, parameters_of
from tests.process import SandboxProcess, http
from tests.stripe.story import SECRET_KEY, Story


def error_of(text: str, params_class: str) -> StripeError:
    """The refusal of a form body."""
    with pytest.raises(StripeError) as caught:
        check(parse_form(text), params_class, {})
    return caught.value


def test_unknown_parameters_are_named_with_their_path(sandbox: SandboxProcess) -> None:
    answer = http(
        "POST",
        f"{sandbox.url}/stripe/v1/subscriptions",
        data={"customer": "cus_1", "items[0][foo]": "x"},
        headers={"Authorization": f"Bearer {SECRET_KEY}"},
    )
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert error["message"] == "Received unknown parameter: items[0][foo]"
    assert (error["type"], error["code"], error["param"]) == (
        "invalid_request_error",
        "parameter_unknown",
        "items[0][foo]",
    )
    assert error["doc_url"].endswith("/parameter-unknown")
    assert answer.headers["request-id"] in error["request_log_url"]


@pytest.mark.parametrize(
    ("text", "params_class", "code", "param"),
    [
        ("payment_method_types[]=card&amount=100&currency=usd", "PaymentIntentCreateParams", "parameter_unknown", None),
        ("coupon=x&customer=c", "SubscriptionCreateParams", "parameter_unknown", "coupon"),
        ("amount=100", "PaymentIntentCreateParams", "parameter_missing", "currency"),
        ("add_invoice_items[0][price_data][product]=p", "SubscriptionCreateParams", "parameter_missing", None),
        ("amount=12.5&currency=usd", "PaymentIntentCreateParams", "parameter_invalid_integer", "amount"),
        ("amount=&currency=usd", "PaymentIntentCreateParams", "parameter_invalid_empty", "amount"),
        ("cancel_at_period_end=yes", "SubscriptionUpdateParams", None, "cancel_at_period_end"),
        ("items=x", "SubscriptionCreateParams", None, "items"),
        ("items[a][price]=x", "SubscriptionCreateParams", None, "items"),
        ("email[a]=x", "CustomerCreateParams", None, "email"),
        ("unit_amount_decimal=1e3&currency=usd", "PriceCreateParams", None, "unit_amount_decimal"),
        ("currency=usd&recurring[interval]=decade", "PriceCreateParams", None, "recurring[interval]"),
    ],
)
def test_refusals(text: str, params_class: str, code: str | None, param: str | None) -> None:
    error = error_of(text, params_class)
    assert (error.status, error.code) == (400, code)
    assert param is None or error.param == param


def test_enum_message_lists_the_choices() -> None:
    error = error_of("currency=usd&recurring[interval]=decade", "PriceCreateParams")
    assert error.message == "Invalid recurring[interval]: must be one of day, month, week, or year"


@pytest.mark.parametrize("text", ["expand[]=a&expand[]=b", "expand[0]=a&expand[1]=b", "expand[1]=b&expand[0]=a"])
def test_arrays_in_both_notations(text: str) -> None:
    assert check(parse_form(text), "CustomerCreateParams", {})["expand"] == ["a", "b"]


def test_arrays_of_hashes_without_numbers() -> None:
    text = "items[][price]=p1&items[][quantity]=2&items[][price]=p2"
    values = check(parse_form(text), "SubscriptionCreateParams", {})
    assert values["items"] == [{"price": "p1", "quantity": 2}, {"price": "p2"}]


@pytest.mark.parametrize("text", ["a[b=1", "a=1&a[b]=2", "a[b]=1&a=2", "[x]=1", "a" + "[b]" * 20 + "=1", "a=%ff"])
def test_broken_forms(text: str) -> None:
    with pytest.raises(StripeError):
        parse_form(text)


def test_typed_values() -> None:
    text = "cancel_at_period_end=true&trial_period_days=7&metadata[a]=1&off_session=false&description="
    values = check(parse_form(text), "SubscriptionCreateParams", {})
    assert values == {
        "cancel_at_period_end": True,
        "trial_period_days": 7,
        "metadata": {"a": "1"},
        "off_session": False,
        "description": "",
    }


def test_metadata_limits(story: Story) -> None:
    for metadata in ({"k" * 41: "v"}, {"k": "v" * 501}, {f"k{n}": "v" for n in range(51)}):
        with pytest.raises(stripe.InvalidRequestError):
            story.customer(metadata=metadata)
    customer = story.customer(metadata={"k" * 40: "v" * 500})
    assert customer.metadata is not None
    with pytest.raises(stripe.InvalidRequestError):
        story.v1.customers.update(customer.id, {"metadata": {f"k{n}": "v" for n in range(50)}})


def test_metadata_merges_removes_and_clears(story: Story) -> None:
    customer = story.customer(metadata={"a": "1", "b": "2"})
    merged = story.v1.customers.update(customer.id, {"metadata": {"b": "", "c": "3"}})
    assert merged.metadata is not None
    assert merged.metadata.to_dict() == {"a": "1", "c": "3"}
    cleared = story.v1.customers.update(customer.id, {"metadata": ""})
    assert cleared.metadata is not None
    assert cleared.metadata.to_dict() == {}


def test_what_is_legal_but_not_modelled_is_refused_not_ignored(story: Story) -> None:
    item = {"price": story.price().id, "billing_thresholds": {"usage_gte": 5}}
    with pytest.raises(
        stripe.InvalidRequestError, match=r"does not model the parameter items\[0\]\[billing_thresholds\]"
    ) as caught:
        story.subscribe(story.customer().id, story.price().id, items=[item])
    assert caught.value.code == "sandbox_unsupported"
    assert story.v1.subscriptions.list({"status": "all"}).data == [], "the refusal undid the work"


def test_params_know_what_was_not_read() -> None:
    params = Params({"a": 1, "b": {"c": 1, "d": 2}, "e": [{"f": 1}, {"g": 2}], "h": "x"})
    section = params.section("b")
    assert section is not None
    section.get("c")
    first, _ = params.sections("e")
    first.get("f")
    params.get("a")
    assert set(params.unread()) == {"b[d]", "e[1][g]", "h"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_parameter_of_every_operation_is_known(operation: object) -> None:
    """Walks the whole TypedDict of each request: every annotation is understood, down to the leaves."""
    name = operation.params  # type: ignore[attr-defined] # pytest's parametrization loses the type
    top = parameters_of(name)
    assert top or name in {"PaymentMethodDetachParams", "BalanceRetrieveParams"} or "Delete" in name
    waiting, seen = list(top.values()), set()
    while waiting:
        shape = waiting.pop()
        assert shape.scalars or shape.choices or shape.emptyable or shape.records or shape.item or shape.values
        waiting += [inner for inner in (shape.item, shape.values) if inner is not None]
        for record in shape.records:
            if record not in seen:
                seen.add(record)
                waiting += fields_of(record).values()


def test_legal_paths_of_a_subscription_match_the_measured_number() -> None:
    """195 bracket paths with the eight request options, counted from the same TypedDicts by import."""
    assert len(list(_paths(parameters_of("SubscriptionCreateParams"), ""))) == 187


def _paths(fields: dict[str, Shape], prefix: str) -> list[str]:
    found = []
    for name, shape in fields.items():
        path = f"{prefix}[{name}]" if prefix else name
        found.append(path)
        inner = shape.item or shape
        for record in inner.records:
            found += _paths(fields_of(record), path)
    return found
