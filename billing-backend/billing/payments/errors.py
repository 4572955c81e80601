from service_kit.errors import Conflict, NotFound, ServiceUnavailable, Unprocessable


class PaymentNotFound(NotFound):
    code, title = "payment_not_found", "There is no such payment"


class DisputeNotFound(NotFound):
    code, title = "dispute_not_found", "There is no such dispute"


class PaymentNotRefundable(Conflict):
    code, title = "payment_not_refundable", "Only a payment that succeeded can be refunded"


class PaymentAlreadyRefunded(Conflict):
    code, title = "payment_already_refunded", "The whole payment was given back already"


class RefundTooLarge(Unprocessable):
    code, title = "refund_too_large", "That is more than what is left of the payment"


class AmountTooFine(Unprocessable):
    """`extra["multiple_of"]` is what the amount has to be a multiple of, in minor units."""

    code, title = "amount_too_fine", "Cards can't be charged or credited that exactly in this currency"


class CustomerNotFound(NotFound):
    code, title = "customer_not_found", "There is no such customer"


class NoBalanceYet(Conflict):
    code, title = "customer_never_paid", "A customer has a balance from the first order on"


class BalanceRefused(Unprocessable):
    code, title = "balance_refused", "The payment provider refused the change"


class BalanceUnavailable(ServiceUnavailable):
    code, title = "payment_provider_unavailable", "The payment provider does not answer"
