"""What goes wrong with domains, as callers see it."""

from service_kit.errors import Conflict, NotFound, ServiceUnavailable, Unprocessable


class InvalidDomainName(Unprocessable):
    code, title = "invalid_domain_name", "This is not a domain name"


class InvalidNameservers(Unprocessable):
    code, title = "invalid_nameservers", "The nameservers are not valid"


class DomainNotFound(NotFound):
    code, title = "domain_not_found", "There is no such domain here"


class DomainNotActive(Conflict):
    code, title = "domain_not_active", "The domain can't be changed in its present state"


class DomainPastRenewal(Conflict):
    code, title = "domain_past_renewal", "The domain expired too long ago to be renewed"


class DomainNotRenewable(Conflict):
    code, title = "domain_not_renewable", "The domain can't be renewed in its present state"


class RegistrarRefused(Conflict):
    code, title = "registrar_refused", "The registrar did not accept the change"


class NotSupportedByRegistrar(Conflict):
    code, title = "registrar_not_supported", "The registrar of this domain has no such function"


class AuthCodeBySupport(Conflict):
    code, title = (
        "auth_code_by_support",
        "The registrar of this domain hands its transfer code out by mail only: unlock the domain and write to"
        " support, and we have the code mailed to its registrant",
    )


class ContactInvalid(Unprocessable):
    code, title = "contact_invalid", "The registry does not accept this contact"


class RegistrarUnavailable(ServiceUnavailable):
    code, title = "registrar_unavailable", "The registrar does not answer; try again shortly"


class DomainSearchBusy(ServiceUnavailable):
    code, title = "domain_search_busy", "Too many searches at the moment; try again shortly"


class OperationMismatch(Conflict):
    code, title = "registrar_operation_mismatch", "This key belongs to another registrar operation"


class CalendarNotFound(NotFound):
    code, title = "calendar_not_found", "There is no such calendar; it may have got a new address"
