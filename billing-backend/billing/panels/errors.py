"""What panels refuse."""

from billing.panels.ports import ActionRequired, PanelError, Rejected, Retriable
from service_kit.errors import AppError, Conflict, NotFound, ServiceUnavailable, Unprocessable


class PanelAccountNotFound(NotFound):
    code, title = "panel_account_not_found", "There is no such panel account"


class PanelAccountNotReady(Conflict):
    code, title = "panel_account_not_ready", "The panel account can't be used in its present state"


class PanelCommandNotFound(NotFound):
    code, title = "panel_command_not_found", "There is no such panel command"


class PanelCommandNotInAttention(Conflict):
    code, title = "panel_command_not_in_attention", "The panel command does not wait for a person"


class PanelServerNotFound(NotFound):
    code, title = "panel_server_not_found", "There is no such panel server"


class PanelServerTaken(Conflict):
    code, title = "panel_server_taken", "Another panel server has this name"


class PanelAddressInvalid(Unprocessable):
    code, title = "panel_address_invalid", "A panel server's address is an http or https URL"


class PanelUnavailable(ServiceUnavailable):
    code, title = "panel_unavailable", "The panel does not answer right now; try again shortly"


class PanelRefused(Conflict):
    """The panel refused for good, or staff have to change something; `extra["panel_code"]` says which."""

    code, title = "panel_refused", "The panel refused this"


def problem_of(error: PanelError) -> AppError:
    """Return what a person at the other end of an HTTP request is told about a panel's failure."""
    match error:
        case Retriable():
            return PanelUnavailable(retry_after=int(error.after.total_seconds()))
        case Rejected() | ActionRequired():
            return PanelRefused(extra={"panel_code": error.code})
    return PanelUnavailable()
