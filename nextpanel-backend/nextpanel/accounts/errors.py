from typing import Any

from service_kit.errors import Conflict, Forbidden, Gone, NotFound, Unauthenticated


class AccountNotFound(NotFound):
    code, title = "account_not_found", "There is no such account here"


class AccountSuspended(Forbidden):
    """403; `reason` is what billing gave when it suspended the account."""

    code, title = "account_suspended", "This account is suspended"

    def __init__(self, reason: str | None) -> None:
        extra: dict[str, Any] = {"reason": reason}
        super().__init__(f"This account is suspended: {reason}" if reason else None, extra=extra)


class AccountTerminated(Conflict):
    code, title = "account_terminated", "This account was terminated"


class LinkNoLongerValid(Gone):
    code, title = "link_no_longer_valid", "This link was used already or is too old; ask for a new one"


class WrongCredentials(Unauthenticated):
    code, title = "wrong_credentials", "The user name or the password is wrong"


class InvalidToken(Unauthenticated):
    code, title = "invalid_token", "The token is not valid or no longer"
