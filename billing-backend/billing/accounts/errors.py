"""Expected failures of accounts, each with its stable code."""

from service_kit.errors import BadRequest, Conflict, Forbidden, NotFound, Unauthenticated, Unprocessable


class InvalidCredentials(Unauthenticated):
    code, title = "invalid_credentials", "The e-mail address or the password is wrong"


class AccessTokenInvalid(Unauthenticated):
    code, title = "access_token_invalid", "The access token is not valid or has expired"


class SessionEnded(Unauthenticated):
    code, title = "session_ended", "This session has ended; log in again"


class RefreshTokenInvalid(Unauthenticated):
    code, title = "refresh_token_invalid", "The refresh token is not valid or has expired; log in again"


class RefreshTokenReused(Unauthenticated):
    code, title = "refresh_token_reused", "This refresh token was used before, so its session was ended for safety"


class EmailTokenInvalid(BadRequest):
    code, title = "email_token_invalid", "The link is not valid any more; ask for a new one"


class EmailNotVerified(Forbidden):
    code, title = "email_not_verified", "Confirm your e-mail address first"


class CurrentPasswordWrong(Unprocessable):
    code, title = "current_password_wrong", "The current password is wrong"


class EmailTaken(Conflict):
    code, title = "email_taken", "An account with this e-mail address exists already"


class SessionNotFound(NotFound):
    code, title = "session_not_found", "There is no such session"


class StaffNotFound(NotFound):
    code, title = "staff_not_found", "There is no such member of staff"


class LastOwner(Conflict):
    code, title = "last_owner", "Somebody has to be an owner: make another one first"
