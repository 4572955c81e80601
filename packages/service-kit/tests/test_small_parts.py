"""Ids, clocks, errors, text fields, settings and column types."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import SecretStr, TypeAdapter, ValidationError
from pydantic_settings import SettingsConfigDict
from sqlalchemy import Column, Integer, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from service_kit.clock import FileClock, FixedClock, OffsetClock, SystemClock, clock_of
from service_kit.db import create_engine, enum_text, metadata, one_of
from service_kit.errors import AppError, NotFound, ServiceUnavailable, TooManyRequests, Unauthenticated
from service_kit.fields import Email, Line, OptionalLine, Password, Text, normalise_email
from service_kit.ids import uuid7
from service_kit.settings import Profile, ServiceSettings


def test_ids_are_version_7_and_grow() -> None:
    ids = [uuid7() for _ in range(1000)]
    assert {made.version for made in ids} == {7}
    assert len(set(ids)) == 1000
    assert ids == sorted(ids)
    age = datetime.now(UTC).timestamp() * 1000 - (ids[-1].int >> 80)
    assert -50 < age < 5000


def test_clocks_speak_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    clock = FixedClock(datetime(2026, 11, 20, 13, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == datetime(2026, 11, 20, 12, tzinfo=UTC)
    clock.advance(timedelta(days=1))
    clock.advance(timedelta(seconds=-1))
    assert clock.now().isoformat() == "2026-11-21T11:59:59+00:00"
    clock.set(datetime(2027, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2027
    moved = OffsetClock()
    moved.advance(timedelta(days=30))
    assert timedelta(days=29, hours=23) < moved.now() - datetime.now(UTC) <= timedelta(days=30)


def test_a_file_moves_the_time_of_all_who_read_it(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    one, other = FileClock(file), clock_of(file)
    assert abs(one.now() - datetime.now(UTC)) < timedelta(seconds=5)
    for days in (30, 365):
        written = tmp_path / "clock.new"
        written.write_text(f"{days * 86400}\n")
        written.replace(file)
        for clock in (one, other):
            assert abs(clock.now() - datetime.now(UTC) - timedelta(days=days)) < timedelta(seconds=5)
            assert clock.now().tzinfo is UTC
    file.write_text("tomorrow")
    with pytest.raises(ValueError, match="tomorrow"):
        one.now()
    assert isinstance(clock_of(None), SystemClock)


def test_errors_render_their_stable_code() -> None:
    shown = NotFound("no order 7", extra={"order": 7}).problem()
    assert shown == {
        "type": "urn:nextpanel:problem:not_found",
        "title": "There is no such thing here",
        "status": 404,
        "detail": "no order 7",
        "code": "not_found",
        "order": 7,
    }
    assert AppError().problem()["detail"] == "Internal error"
    assert Unauthenticated(scheme="X").headers == {"WWW-Authenticate": "X"}
    assert TooManyRequests(0).headers["Retry-After"] == "1"
    assert ServiceUnavailable(retry_after=9).headers["Retry-After"] == "9"


HOSTILE = ["a\x00b", "a\x1b[0m", "a\r\nSet-Cookie: x", "a\u2028b", "\ufeffa", "a\ud800b", "a\x85b"]


@pytest.mark.parametrize("value", HOSTILE)
def test_one_line_fields_refuse_control_characters(value: str) -> None:
    for field in (Line, OptionalLine, Email, Password):
        with pytest.raises(ValidationError):
            TypeAdapter[str](field).validate_python(value * 5)


@pytest.mark.parametrize("value", ["a\x00b", "a\x1bb", "a\ud800b", "\ufeffa"])
def test_texts_may_have_lines_but_no_control_characters(value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](Text).validate_python(value)
    assert TypeAdapter[str](Text).validate_python("one\ntwo\tthree ") == "one\ntwo\tthree"


KEPT: Mapping[str, str] = {
    "'; DROP TABLE users; --": "'; DROP TABLE users; --",
    "{{7*7}} ${x} <b>": "{{7*7}} ${x} <b>",
    "  Ada  ": "Ada",
    "שלום 👩‍💻": "שלום 👩‍💻",
    "e\u0301": "é",
}


@pytest.mark.parametrize(("given", "kept"), KEPT.items())
def test_lines_keep_every_printable_character(given: str, kept: str) -> None:
    assert TypeAdapter[str](Line).validate_python(given) == kept


def test_lengths_are_bounded() -> None:
    for field, longest in ((Line, 200), (OptionalLine, 200), (Text, 10_000), (Password, 200)):
        adapter = TypeAdapter[str](field)
        assert len(adapter.validate_python("x" * longest)) == longest
        with pytest.raises(ValidationError):
            adapter.validate_python("x" * (longest + 1))
    with pytest.raises(ValidationError):
        TypeAdapter[str](Password).validate_python("x" * 9)


def test_addresses_are_kept_in_one_form() -> None:
    assert TypeAdapter[str](Email).validate_python("Ada@Example.COM") == "ada@example.com"
    assert normalise_email(" ADA@example.com ") == "ada@example.com"


class KitSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="KITTEST_", frozen=True, extra="ignore", hide_input_in_errors=True)

    api_secret: SecretStr
    pause: timedelta = timedelta(seconds=1)


def test_settings_fail_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITTEST_PROFILE", "local")
    with pytest.raises(ValidationError, match="api_secret"):
        KitSettings()
    monkeypatch.setenv("KITTEST_API_SECRET", "hunter2")
    monkeypatch.setenv("KITTEST_PAUSE", "PT2M")
    settings = KitSettings()
    assert settings.is_local
    assert settings.pause == timedelta(minutes=2)
    assert "hunter2" not in repr(settings)
    monkeypatch.setenv("KITTEST_PASUE", "hunter2")
    with pytest.raises(ValidationError, match="unknown settings: KITTEST_PASUE") as refused:
        KitSettings()
    assert "hunter2" not in str(refused.value)
    monkeypatch.delenv("KITTEST_PASUE")
    monkeypatch.setenv("KITTEST_PROFILE", "staging")
    with pytest.raises(ValidationError, match="profile"):
        KitSettings()
    monkeypatch.setenv("KITTEST_PROFILE", Profile.PRODUCTION.value)
    monkeypatch.setenv("KITTEST_CLOCK_FILE", "clock")
    with pytest.raises(ValidationError, match="local profile only"):
        KitSettings()
    monkeypatch.setenv("KITTEST_PROFILE", "local")
    assert KitSettings().clock_file == Path("clock")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def test_constraint_names_are_the_same_on_every_machine() -> None:
    table = Table(
        "things",
        metadata(),
        Column("id", Integer, primary_key=True),
        Column("colour", enum_text(Colour)),
        one_of("colour", Colour),
    )
    ddl = str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call] # SQLAlchemy leaves it so
    assert "CONSTRAINT pk_things PRIMARY KEY (id)" in ddl
    assert "CONSTRAINT ck_things_colour CHECK (colour IN ('red', 'blue'))" in ddl
    assert "colour VARCHAR(24)" in ddl
    assert isinstance(uuid7(), uuid.UUID)


async def test_statement_values_stay_out_of_errors() -> None:
    engine = create_engine("postgresql+asyncpg://nobody@127.0.0.1:1/none", application_name="t")
    assert engine.sync_engine.hide_parameters
    await engine.dispose()
