"""How long everything takes, from the settings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from billing.settings import Settings

LAST_MAIL = "last-day"


@dataclass(frozen=True, slots=True)
class Periods:
    """`grace` and `cancel_after` count from the failure, `retention` from the end of the subscription.

    Mails go out `mail_days` after the failure, and `last_mail` before the grace ends.
    """

    grace: timedelta
    mail_days: tuple[int, ...]
    last_mail: timedelta
    cancel_after: timedelta
    retention: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "Periods":
        return cls(
            grace=settings.license_grace,
            mail_days=tuple(sorted(set(settings.dunning_mail_days))),
            last_mail=settings.dunning_last_mail,
            cancel_after=settings.dunning_cancel_after,
            retention=settings.dunning_retention,
        )

    def mails(self, opened_at: datetime, suspend_at: datetime) -> list[tuple[str, datetime]]:
        """Return label and time of each mail in its order; none comes later than the last one."""
        last_at = max(opened_at, suspend_at - self.last_mail)
        early = [(f"day-{days}", opened_at + timedelta(days=days)) for days in self.mail_days]
        return [*(mail for mail in early if mail[1] < last_at), (LAST_MAIL, last_at)]
