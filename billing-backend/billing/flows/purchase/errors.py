from service_kit.errors import Conflict, ServiceUnavailable, Unprocessable


class EmptyOrder(Unprocessable):
    code, title = "empty_order", "An order needs at least one item"


class TooManyLicenses(Unprocessable):
    code, title = "one_license_per_order", "An order holds one license at most"


class DuplicateDomain(Unprocessable):
    code, title = "duplicate_domain", "The same domain is in the order twice"


class RegistrantMissing(Unprocessable):
    code, title = "registrant_missing", "A domain needs its registrant's contact"


class DomainNotAvailable(Conflict):
    code, title = "domain_not_available", "The domain is not available for registration"


class PremiumDomain(Conflict):
    code, title = "premium_domain", "The registry sells this name at a special price, which we don't offer yet"


class DomainAttributesInvalid(Unprocessable):
    code, title = "domain_attributes_invalid", "The registry of this ending asks for further facts"


class IdnLanguageMissing(Unprocessable):
    code, title = "idn_language_missing", "An internationalized name needs the language it is written in"


class DomainOnOrder(Conflict):
    code, title = "domain_on_order", "This domain is in another order that waits to be paid or delivered"


class PlanNotForSale(ServiceUnavailable):
    code, title = "plan_not_synced", "This plan can't be sold at the moment"


class OrderNotPayable(Conflict):
    code, title = "order_not_payable", "This order can't be paid any more"


class OrderAmountChanged(Conflict):
    """The order is closed: its items or their tax cost something else than when it was placed."""

    code, title = "order_amount_changed", "What this order costs has changed meanwhile; place it again"


class PaymentProviderDown(ServiceUnavailable):
    code, title = "payment_provider_unavailable", "The payment provider does not answer; the order is kept, try again"


class PaymentProviderRefusal(Unprocessable):
    code, title = "payment_refused", "The payment provider refused the order"


class RegistrarDown(ServiceUnavailable):
    code, title = "registrar_unavailable", "The registrar does not answer; nothing was ordered, try again"


class CurrencyNotSold(Unprocessable):
    code, title = "currency_not_sold", "We don't sell in this currency"
