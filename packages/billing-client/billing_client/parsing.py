"""From JSON text to typed answers; whatever is not in the contract raises `UnexpectedAnswer`."""

import json
from datetime import UTC, datetime

from billing_client.errors import UnexpectedAnswer
from billing_client.models import LicenseAnswer, SnapshotAnswer, UsageAnswer, UsageChange, ValidationCode


def parse_object(body: bytes) -> dict[str, object]:
    """Parse a JSON object; raises `UnexpectedAnswer` for anything else."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnexpectedAnswer("the answer is not JSON") from error
    if not isinstance(parsed, dict):
        raise UnexpectedAnswer("the answer is not a JSON object")
    return parsed


def _text(data: dict[str, object], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise UnexpectedAnswer(f"{name} is not a text")
    return value


def _optional_text(data: dict[str, object], name: str) -> str | None:
    return None if data.get(name) is None else _text(data, name)


def _flag(data: dict[str, object], name: str) -> bool:
    value = data.get(name)
    if not isinstance(value, bool):
        raise UnexpectedAnswer(f"{name} is not true or false")
    return value


def whole_number(data: dict[str, object], name: str) -> int:
    """Read a required whole number; raises `UnexpectedAnswer`."""
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnexpectedAnswer(f"{name} is not a whole number")
    return value


def _optional_number(data: dict[str, object], name: str) -> int | None:
    return None if data.get(name) is None else whole_number(data, name)


def _object(data: dict[str, object], name: str) -> dict[str, object]:
    value = data.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnexpectedAnswer(f"{name} is not an object")
    return value


def _time(data: dict[str, object], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(data, name))
    except ValueError as error:
        raise UnexpectedAnswer(f"{name} is not a time") from error
    if moment.tzinfo is None:
        raise UnexpectedAnswer(f"{name} has no time zone")
    return moment.astimezone(UTC)


def _optional_time(data: dict[str, object], name: str) -> datetime | None:
    return None if data.get(name) is None else _time(data, name)


def license_answer(body: bytes) -> LicenseAnswer:
    """Read the answer of `validate-license`; raises `UnexpectedAnswer`."""
    data = parse_object(body)
    try:
        code = ValidationCode(_text(data, "code"))
    except ValueError as error:
        raise UnexpectedAnswer("code is not in the closed list") from error
    valid = _flag(data, "valid")
    if valid != (code in {ValidationCode.VALID, ValidationCode.IN_GRACE}):
        raise UnexpectedAnswer("valid and code contradict each other")
    return LicenseAnswer(
        valid=valid,
        code=code,
        ts=_time(data, "ts"),
        ttl=whole_number(data, "ttl"),
        error=_optional_text(data, "error"),
        remaining_quota=_optional_number(data, "remaining_quota"),
        plan=_optional_text(data, "plan"),
        status=_optional_text(data, "status"),
        expires_at=_optional_time(data, "expires_at"),
        grace_until=_optional_time(data, "grace_until"),
        entitlements=_object(data, "entitlements"),
    )


def usage_answer(body: bytes, *, replayed: bool) -> UsageAnswer:
    """Read the 200 answer of a usage report; raises `UnexpectedAnswer`."""
    data = parse_object(body)
    if not _flag(data, "success"):
        raise UnexpectedAnswer("success is false in a 200 answer")
    return UsageAnswer(quota_remaining=_optional_number(data, "quota_remaining"), replayed=replayed)


def snapshot_answer(body: bytes) -> SnapshotAnswer:
    """Read the answer of a usage snapshot; raises `UnexpectedAnswer`."""
    data = parse_object(body)
    if not _flag(data, "success"):
        raise UnexpectedAnswer("success is false in a 200 answer")
    changed = _object(data, "changed")
    return SnapshotAnswer(
        changed={
            name: UsageChange(
                was=whole_number(_object(changed, name), "was"),
                now=whole_number(_object(changed, name), "now"),
            )
            for name in changed
        }
    )


def refusal(body: bytes) -> tuple[str, str]:
    """Read (code, sentence) of a 4xx answer: problem+json or the usage refusal, else defaults."""
    try:
        data = parse_object(body)
    except UnexpectedAnswer:
        data = {}
    code = data.get("code")
    sentence = data.get("error") or data.get("detail") or data.get("title")
    return (
        code if isinstance(code, str) else "REFUSED",
        sentence if isinstance(sentence, str) else "Billing refused the request.",
    )
