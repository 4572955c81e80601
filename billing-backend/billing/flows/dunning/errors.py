"""What dunning refuses."""

from service_kit.errors import Conflict, NotFound


class BrakeNotFound(NotFound):
    code, title = "dunning_brake_not_found", "No run was stopped under this id"


class BrakeDecided(Conflict):
    code, title = "dunning_brake_decided", "Somebody has decided this already"


class InvoiceNotPayable(Conflict):
    """`extra["invoice_status"]` tells what it is."""

    code, title = "invoice_not_payable", "The invoice is not open"
