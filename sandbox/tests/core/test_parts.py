"""Clock, journal, faults, identifiers and settings."""

import pytest

from sandbox.core.context import build_context
from sandbox.core.faults import Fault, Faults
from sandbox.core.identifiers import Identifiers
from sandbox.core.journal import mask
from sandbox.core.store import Store
from sandbox.settings import Settings, SettingsError


def test_clock_moves_forward_only_and_tells_everyone() -> None:
    context = build_context(Settings())
    told: list[int] = []
    context.advance_hooks.append(lambda: told.append(context.clock.now()))
    before = context.clock.now()
    assert context.advance(3600) >= before + 3600
    assert len(told) == 1
    with pytest.raises(ValueError, match="forward"):
        context.advance(-1)
    context.reset()
    assert context.clock.offset == 0


def test_reset_empties_everything_and_rebuilds() -> None:
    context = build_context(Settings())
    context.reset_hooks.append(lambda: context.store.put("things", "seed", {"id": "seed"}))
    context.store.put("things", "x", {"id": "x"})
    context.faults.arm(Fault("v", "*", "slow"))
    context.journal.add(vendor="v", method="GET", path="/", parameters={}, status=200, ms=1)
    context.reset()
    assert context.store.scan("things") == [{"id": "seed"}]
    assert context.faults.list_armed() == []
    assert context.journal.list_entries() == []


def test_faults_are_used_up_in_order_and_only_where_they_fit() -> None:
    faults = Faults()
    faults.arm(Fault("stripe", "customers.create", "error_500", times=2))
    faults.arm(Fault("stripe", "*", "slow", match={"type": "a"}))
    assert faults.take("namecheap", "customers.create") is None
    assert faults.take("stripe", "customers.create", kinds=frozenset({"slow"})) is None
    assert faults.take("stripe", "delivery", type="b") is None
    taken = faults.take("stripe", "delivery", type="a")
    assert taken is not None
    assert taken.kind == "slow"
    assert [faults.take("stripe", "customers.create") is not None for _ in range(3)] == [True, True, False]
    with pytest.raises(ValueError, match="at least 1"):
        faults.arm(Fault("v", "*", "slow", times=0))
    kept, gone = faults.arm(Fault("v", "*", "a")), faults.arm(Fault("v", "*", "b"))
    assert faults.clear(gone.id) == 1
    assert faults.list_armed() == [kept]


def test_secrets_are_masked_at_any_depth() -> None:
    masked = mask({"card": {"number": "4242424242424242", "cvc": "737"}, "ApiKey": "abcdefghijkl", "name": "Ann"})
    assert masked == {"card": {"number": "••••4242", "cvc": "••••"}, "ApiKey": "••••ijkl", "name": "Ann"}
    assert mask({"list": [{"password": "x"}]}) == {"list": [{"password": "••••"}]}


def test_seeded_identifiers_repeat_and_never_collide() -> None:
    first, second = (Identifiers(Store(), "seed") for _ in range(2))
    series = [first.new("cus", 14) for _ in range(100)]
    assert series == [second.new("cus", 14) for _ in range(100)]
    assert len(set(series)) == 100
    assert series[0].startswith("cus_")
    assert Identifiers(Store(), None).text(24) != Identifiers(Store(), None).text(24)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANDBOX_HOST", "192.168.0.1"),
        ("SANDBOX_PORT", "0"),
        ("SANDBOX_SMTP_PORT", "x"),
        ("SANDBOX_STRIPE_SECRET_KEY", "sk_live_abc"),
        ("SANDBOX_STRIPE_PUBLISHABLE_KEY", "sk_test_abc"),
        ("SANDBOX_STRIPE_WEBHOOK_SECRET", "whsec_x"),
    ],
)
def test_unsafe_settings_are_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: value})


def test_settings_from_the_environment() -> None:
    settings = Settings.from_environment({"SANDBOX_PORT": "8199", "SANDBOX_RATE_LIMITS": "0", "SANDBOX_SEED": ""})
    assert (settings.base_url, settings.rate_limits, settings.seed) == ("http://127.0.0.1:8199", False, None)
