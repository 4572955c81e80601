"""The narrower limits of the routes nobody logs in to."""

from datetime import timedelta

from billing.accounts.parts import AccountParts
from billing.kit.client_ip import limit_subject
from billing.kit.ratelimit import Rule

_HOUR = timedelta(hours=1)


async def limit_mail_request(parts: AccountParts, *, email: str, ip: str) -> None:
    """Count a request that sends mail to an address somebody typed; raises `RateLimited`.

    It counts by what was typed, known or not, so that the limit tells nothing about who has an account.
    """
    settings = parts.settings
    await parts.limiter.enforce(Rule("sign_up_ip", settings.rate_limit_sign_ups_per_ip), limit_subject(ip))
    await parts.limiter.enforce(Rule("mail_to", settings.rate_limit_mails_per_address_and_hour, _HOUR), email)


async def limit_log_in(parts: AccountParts, *, email: str, ip: str) -> None:
    """Count a try to log in; raises `RateLimited` after too many for this pair or too many failures from `ip`."""
    settings = parts.settings
    subject = limit_subject(ip)
    await parts.limiter.enforce(_failures(parts), subject, cost=0)
    await parts.limiter.enforce(Rule("log_in", settings.rate_limit_log_ins_per_address), f"{email}\n{subject}")


async def count_failed_log_in(parts: AccountParts, *, ip: str) -> None:
    """Count a wrong guess: one source that tries one password on many accounts is stopped by this alone."""
    await parts.limiter.hit(_failures(parts), limit_subject(ip))


async def limit_password_check(parts: AccountParts, *, user_id: str) -> None:
    """Count a try of the current password within a session; raises `RateLimited`."""
    await parts.limiter.enforce(Rule("password_check", parts.settings.rate_limit_log_ins_per_address), user_id)


def _failures(parts: AccountParts) -> Rule:
    return Rule("log_in_failures", parts.settings.rate_limit_failed_log_ins_per_ip_and_hour, _HOUR)
