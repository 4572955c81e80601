"""What the catalog refuses."""

from service_kit.errors import Conflict, NotFound, Unprocessable


class PlanNotFound(NotFound):
    code, title = "plan_not_found", "There is no such plan"


class UnknownPlan(Unprocessable):
    code, title = "unknown_plan", "This plan is not on sale"


class UnsupportedTld(Unprocessable):
    code, title = "unsupported_tld", "We don't sell this top-level domain"


class YearsOutOfRange(Unprocessable):
    code, title = "years_out_of_range", "This top-level domain can't be had for that many years"


class UnknownInterval(Unprocessable):
    code, title = "unknown_interval", "A plan is paid by month or by year"


class PlanCodeTaken(Conflict):
    code, title = "plan_code_taken", "There is a plan with this code already"


class PlanChanged(Conflict):
    code, title = "plan_changed", "Somebody else has changed the plan meanwhile; look at it again"


class TldNotFound(NotFound):
    code, title = "tld_not_found", "There is no such top-level domain in the catalog"


class TldTaken(Conflict):
    code, title = "tld_taken", "This top-level domain is in the catalog already"
