"""Every answer held against the official SDK's annotations: presence, type, enum value, nothing extra.

Python annotations do not tell a field that may be null from one that may be missing. The fields below are those the API
leaves out unless a client asks for them or the thing exists; everything else has to be there.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
import stripe

from sandbox.stripe.catalog import RESOURCES, find_operation
from sandbox.stripe.sdk import Record, Shape, fields_of, object_record


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ERROR_EXTRAS: Final = _words(
    "advice_code charge decline_code network_advice_code network_decline_code param payment_intent"
    " payment_method_type request_log_url setup_intent source"
)
_OPTIONAL: Final[dict[str, frozenset[str]]] = {
    "Account": _words(
        "business_profile capabilities company controller external_accounts future_requirements groups individual"
        " requirements settings tos_acceptance"
    ),
    "Balance": _words("connect_reserved instant_available issuing refund_and_dispute_prefunding"),
    "Card": _words(
        "account allow_redisplay available_payout_methods currency customer default_for_currency description iin issuer"
        " status"
    ),
    "Charge": _words("authorization_code level3 presentment_details radar_options refunds transfer"),
    "Charge.FraudDetails": frozenset({"stripe_report", "user_report"}),
    "Charge.Outcome": frozenset({"rule"}),
    "Charge.PaymentMethodDetails.Card": _words(
        "capture_before description extended_authorization iin incremental_authorization issuer moto multicapture"
        " network_token overcapture setup_credential_usage stored_credential_usage"
    ),
    "Charge.PaymentMethodDetails.Card.ThreeDSecure": frozenset({"exemption_indicator_applied"}),
    "Coupon": frozenset({"applies_to", "currency_options"}),
    "ConfirmationToken.PaymentMethodPreview.Card": _words("description iin issuer"),
    "Customer": _words(
        "business_name cash_balance individual_name invoice_credit_balance sources subscriptions tax tax_ids"
    ),
    "Dispute.Evidence.EnhancedEvidence": _words("mastercard_compliance visa_compelling_evidence_3 visa_compliance"),
    "Dispute.EvidenceDetails.EnhancedEligibility": _words(
        "mastercard_compliance visa_compelling_evidence_3 visa_compliance"
    ),
    "Event": frozenset({"account", "context"}),
    "Event.Data": frozenset({"previous_attributes"}),
    "Invoice": _words("amount_paid_off_stripe confirmation_secret payments status_details threshold_reason"),
    "Invoice.AutomaticTax.Liability": frozenset({"account"}),
    "Invoice.Issuer": frozenset({"account"}),
    "Invoice.LastFinalizationError": _words(
        "advice_code charge decline_code doc_url network_advice_code network_decline_code param payment_intent"
        " payment_method payment_method_type request_log_url setup_intent source"
    ),
    "Invoice.Parent.SubscriptionDetails": frozenset({"subscription_proration_date"}),
    "InvoiceItem": _words("frozen_fields invoicing_rules proration_details"),
    "InvoiceItem.Parent.SubscriptionDetails": frozenset({"subscription_item"}),
    "InvoicePayment.Payment": frozenset({"charge", "payment_record"}),
    "PaymentIntent": _words("amount_details hooks payment_details presentment_details"),
    "PaymentIntent.LastPaymentError": _ERROR_EXTRAS,
    "PaymentIntent.PaymentMethodOptions.Card": _words(
        "capture_method request_extended_authorization request_incremental_authorization request_multicapture"
        " request_overcapture require_cvc_recollection setup_credential_usage setup_future_usage"
        " statement_descriptor_suffix_kana statement_descriptor_suffix_kanji stored_credential_usage"
    ),
    "PaymentMethod": frozenset({"radar_options"}),
    "PaymentMethod.Card": _words("description iin issuer"),
    "Price": _words("currency_options tiers"),
    "Plan": frozenset({"tiers"}),
    "PromotionCode.Restrictions": frozenset({"currency_options"}),
    "Refund": _words(
        "description failure_balance_transaction failure_reason instructions_email next_action pending_reason"
        " presentment_details"
    ),
    "Refund.DestinationDetails.Card": frozenset({"reference"}),
    "SetupIntent": _words("attach_to_self managed_payments"),
    "SetupIntent.LastSetupError": _ERROR_EXTRAS,
    "SetupIntent.PaymentMethodOptions.Card": frozenset({"setup_credential_usage"}),
    "SetupAttempt": frozenset({"attach_to_self"}),
    "SetupAttempt.PaymentMethodDetails.Card": _words("description iin issuer"),
    "SetupAttempt.SetupError": _ERROR_EXTRAS,
    "Subscription": frozenset({"presentment_details", "status_details"}),
    "Subscription.AutomaticTax.Liability": frozenset({"account"}),
    "Subscription.BillingMode": frozenset({"updated_at"}),
    "Subscription.InvoiceSettings.Issuer": frozenset({"account"}),
    "Subscription.PaymentSettings.PaymentMethodOptions.Card": frozenset({"mandate_options"}),
    "SubscriptionItem": frozenset({"billed_until"}),
    "Token": frozenset({"bank_account"}),
    "TestClock.StatusDetails": frozenset({"advancing"}),
    "WebhookEndpoint": frozenset({"secret"}),
}
_PREVIEWED: Final = {"allow_redisplay", "billing_details", "card", "customer", "customer_account", "type"}
_ONE_OF_MANY: Final = {
    "Balance.Available.SourceTypes": {"card"},
    "Balance.Pending.SourceTypes": {"card"},
    "Charge.PaymentMethodDetails": {"card", "type"},
    "ConfirmationToken.PaymentMethodPreview": _PREVIEWED,
    "Dispute.PaymentMethodDetails": {"card", "type"},
    "PaymentIntent.NextAction": {"type"},
    "PaymentIntent.PaymentMethodOptions": {"card"},
    "Refund.DestinationDetails": {"card", "type"},
    "SetupAttempt.PaymentMethodDetails": {"card", "type"},
    "SetupIntent.NextAction": {"type"},
    "SetupIntent.PaymentMethodOptions": {"card"},
    "Subscription.PaymentSettings.PaymentMethodOptions": {"card"},
    "Invoice.PaymentSettings.PaymentMethodOptions": {"card"},
}
_METHOD_TYPES: Final = frozenset(fields_of(object_record("PaymentMethod"))["type"].choices)
_DECIMAL: Final = re.compile(r"-?\d+(\.\d+)?")


def violations(document: Any, sdk_class: str) -> list[str]:
    """What is wrong with an object of the given SDK class, as `path: complaint`."""
    return list(_object(document, object_record(sdk_class), sdk_class))


def list_violations(document: Any, sdk_class: str) -> list[str]:
    """What is wrong with a list of such objects."""
    shape = Shape(records=(object_record(sdk_class),))
    return list(_list_object(document, shape, f"{sdk_class}[]"))


class CheckedClient(stripe.RequestsClient):
    """The SDK's own HTTP client, checking each successful answer of the sandbox on its way through."""

    def __init__(self) -> None:
        super().__init__()
        self.complaints: list[str] = []
        self.seen: set[str] = set()

    def request(  # type: ignore[override] # the SDK declares it in two ways that disagree
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send, check, pass on."""
        content, status, answered = super().request(method, url, headers, post_data)
        found = find_operation(method.upper(), urlsplit(url).path.removeprefix("/stripe"))
        if found is not None:
            self.seen.add(found[0].name)
        if status == 200 and found is not None:
            operation, document = found[0], orjson.loads(content)
            check = list_violations if operation.listing else violations
            self.complaints += [f"{operation.name}: {text}" for text in check(document, operation.returns)]
        return content, status, answered


def _object(document: Any, record: Record, path: str) -> Any:
    if not isinstance(document, dict):
        yield f"{path}: not an object but {document!r}"
        return
    if document.get("deleted") is True and record.name != "Discount":
        if set(document) != {"id", "object", "deleted"}:
            yield f"{path}: a deleted stub with {sorted(document)}"
        return
    fields = fields_of(record)
    for name in document.keys() - fields.keys():
        yield f"{path}.{name}: unknown to the SDK"
    for name, shape in fields.items():
        if name in document:
            yield from _value(document[name], shape, f"{path}.{name}")
        elif not _may_be_missing(record.name, name, shape):
            yield f"{path}.{name}: missing"


def _may_be_missing(record: str, name: str, shape: Shape) -> bool:
    if not shape.nullable:
        return False
    if name == "deleted" or name in _OPTIONAL.get(record, frozenset()):
        return True
    if record == "PaymentMethod":
        return name in _METHOD_TYPES and name != "card"
    return record in _ONE_OF_MANY and name not in _ONE_OF_MANY[record]


def _value(value: Any, shape: Shape, path: str) -> Any:
    if value is None:
        if not shape.nullable and "Any" not in shape.scalars:
            yield f"{path}: null"
    elif isinstance(value, list):
        yield from _items(value, shape, path)
    elif isinstance(value, dict):
        yield from _mapping(value, shape, path)
    elif not _scalar_fits(value, shape):
        yield f"{path}: {value!r} does not fit {shape.scalars or shape.choices}"


def _items(value: list[Any], shape: Shape, path: str) -> Any:
    if shape.item is None:
        yield f"{path}: unexpected list"
        return
    for position, item in enumerate(value):
        yield from _value(item, shape.item, f"{path}[{position}]")


def _mapping(value: dict[str, Any], shape: Shape, path: str) -> Any:
    if shape.list_of is not None:
        yield from _list_object(value, shape.list_of, path)
    elif shape.values is not None:
        yield from _free_form(value, shape.values, path)
    else:
        records = _candidates(value, shape.records)
        if not records:
            yield f"{path}: unexpected object"
        for record in records:
            yield from _object(value, record, path)


def _candidates(value: dict[str, Any], records: tuple[Record, ...]) -> list[Record]:
    resource = RESOURCES.get(str(value.get("object", "")))
    named = [record for record in records if resource is not None and record.name == resource.sdk_class]
    return named or list(records[:1])


def _free_form(value: dict[str, Any], shape: Shape, path: str) -> Any:
    resource = RESOURCES.get(str(value.get("object", "")))
    if path.endswith("Event.data.object") or (resource is not None and "[]" in path and path.endswith("data.object")):
        if resource is None:
            yield f"{path}: an object of unknown type"
        else:
            yield from _object(value, object_record(resource.sdk_class), f"{path}({resource.name})")
        return
    for name, item in value.items():
        if "Any" not in shape.scalars:
            yield from _value(item, shape, f"{path}.{name}")


def _list_object(value: dict[str, Any], item: Shape, path: str) -> Any:
    if value.get("object") not in {"list", "search_result"} or not {"data", "has_more", "url"} <= set(value):
        yield f"{path}: not a list object"
        return
    if "total_count" in value:
        yield f"{path}: lists have no total_count"
    for position, element in enumerate(value["data"]):
        yield from _value(element, item, f"{path}.data[{position}]")


def _scalar_fits(value: Any, shape: Shape) -> bool:
    if isinstance(value, bool):
        return bool({"bool", "Any"} & shape.scalars) or "True" in shape.choices
    if isinstance(value, int):
        return bool({"int", "float", "Any"} & shape.scalars)
    if isinstance(value, float):
        return bool({"float", "Any"} & shape.scalars)
    if shape.choices:
        return value in shape.choices
    if "Decimal" in shape.scalars:
        return _DECIMAL.fullmatch(value) is not None
    return bool({"str", "Any"} & shape.scalars) or shape.expandable
