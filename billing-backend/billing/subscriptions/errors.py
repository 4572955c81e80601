"""What subscriptions refuse."""

from service_kit.errors import Conflict, NotFound, Unprocessable


class SubscriptionNotFound(NotFound):
    code, title = "subscription_not_found", "There is no such subscription"


class ChangeNotFound(NotFound):
    code, title = "subscription_change_not_found", "There is no such change of a subscription"


class CardNotFound(NotFound):
    code, title = "payment_method_not_found", "There is no such payment method"


class SubscriptionOver(Conflict):
    code, title = "subscription_over", "This subscription has ended; order a new one"


class SubscriptionNotStarted(Conflict):
    code, title = "subscription_not_started", "This subscription's first payment or delivery is still to come"


class SubscriptionPastDue(Conflict):
    """A renewal has not been paid; `extra` says what is owed (`amount_due`, minor units) and where (`pay_url`)."""

    code, title = "subscription_past_due", "A renewal of this subscription is not paid yet; pay it first"


class SubscriptionIsPaused(Conflict):
    code, title = "subscription_paused", "This subscription is paused; resume it first"


class SubscriptionNotPaused(Conflict):
    code, title = "subscription_not_paused", "This subscription is not paused"


class SubscriptionEnding(Conflict):
    code, title = "subscription_ending", "This subscription will end with its period; take that back first"


class SubscriptionNotEnding(Conflict):
    code, title = "subscription_not_ending", "This subscription will not end with its period"


class SamePlan(Conflict):
    code, title = "same_plan", "The subscription has this plan and interval already"


class ChangePending(Conflict):
    code, title = "change_pending", "Another change of this subscription has not taken effect yet; cancel it first"


class QuoteStale(Conflict):
    code, title = "quote_stale", "This quote does not hold any more; ask for a new one"


class ChangeNotOpen(Conflict):
    code, title = "change_not_open", "This change can't be taken back any more"


class ChangeRefused(Conflict):
    code, title = "change_refused", "The payment provider refused the change"


class CouponInvalid(Unprocessable):
    """`extra["reason"]`: unknown, other_customer, first_purchase_only, currency, minimum_amount, no_plan, used_up."""

    code, title = "coupon_invalid", "This coupon can't be used here"


class CardInUse(Conflict):
    code, title = "payment_method_in_use", "A running subscription is charged to this card; choose another one first"


class CardNotKept(Conflict):
    code, title = "payment_method_not_confirmed", "The card is not confirmed yet"


class NoCustomer(Conflict):
    code, title = "no_purchase_yet", "There is nothing to pay for yet; order something first"
