"""The launcher's parts by themselves: ports, secrets, environments, Procfile, the runner's configuration, logs."""

import base64
import re
from pathlib import Path

import pytest
from stack import prepared, supervision
from stack.environment import MARKER, Environments
from stack.layout import Layout, Ports, StackError, port_offset
from stack.logs import Follower, followers
from stack.prepared import Preparation
from stack.procfile import Entry, read_procfile
from stack.secrets_file import GENERATORS, load_or_generate
from stack.supervision import Program, configuration, socket_path
from supervisor.datatypes import dict_of_key_value_pairs

from testkit.ports import LOOPBACK, is_port_free


@pytest.fixture
def environments(tmp_path: Path) -> Environments:
    layout = Layout(state=tmp_path)
    return Environments(layout, Ports.shifted(0), load_or_generate(layout.secrets))


def test_offset_shifts_every_port() -> None:
    plain, shifted = Ports.shifted(0), Ports.shifted(100)
    assert (plain.billing, plain.nextpanel, plain.sandbox, plain.postgres) == (8001, 9000, 8099, 5432)
    assert [getattr(shifted, name) - getattr(plain, name) for name in vars(plain)] == [100] * 7


@pytest.mark.parametrize("offset", [-4000, 60000])
def test_offset_out_of_range_is_refused(offset: int) -> None:
    with pytest.raises(StackError, match=f"PORT_OFFSET={offset} moves a port"):
        Ports.shifted(offset)


def test_offset_must_be_a_number() -> None:
    assert port_offset({}) == 0
    assert port_offset({"PORT_OFFSET": ""}) == 0
    assert port_offset({"PORT_OFFSET": "100"}) == 100
    with pytest.raises(StackError, match="must be a whole number, not 'ten'"):
        port_offset({"PORT_OFFSET": "ten"})


def test_a_taken_data_port_gives_way_to_last_times_then_to_any(listener: int) -> None:
    wanted = Ports(billing=1, nextpanel=2, sandbox=3, sandbox_smtp=4, postgres=listener, redis=listener)
    chosen = wanted.with_free_data_ports(None)
    assert chosen.postgres != listener
    assert is_port_free(chosen.postgres)
    assert wanted.with_free_data_ports(chosen).redis == chosen.redis


def test_secrets_are_made_once_and_readable_by_us_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    first = load_or_generate(path)
    assert set(first) == set(GENERATORS)
    assert len(set(first.values())) == len(first)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_or_generate(path) == first


def test_a_secret_added_later_joins_the_others(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("ADMIN_PASSWORD=kept\n")
    assert load_or_generate(path)["ADMIN_PASSWORD"] == "kept"
    assert load_or_generate(path) == load_or_generate(path)


def test_secrets_have_the_shapes_of_the_contracts(environments: Environments) -> None:
    secrets = environments.secrets
    assert re.fullmatch(r"npk_[0-9a-hjkmnp-tv-z]{26}", secrets["NEXTPANEL_BILLING_KEY_ID"])
    assert re.fullmatch(r"nps_[A-Za-z0-9_-]{43}", secrets["NEXTPANEL_BILLING_SECRET"])
    assert len(base64.b64decode(secrets["BILLING_ENCRYPTION_KEY"])) == 32
    assert base64.b64decode(secrets["BILLING_TOKEN_PRIVATE_KEY"]).startswith(b"-----BEGIN PRIVATE KEY-----")


def test_each_process_knows_only_its_own_secrets(environments: Environments) -> None:
    def told(process: str) -> str:
        return "\n".join(environments.of_process(process).values())

    api, panel, sandbox = told("billing-api"), told("nextpanel-api"), told("sandbox")
    secrets = environments.secrets
    for name in ("BILLING_OWNER_PASSWORD", "POSTGRES_PASSWORD", "NEXTPANEL_SESSION_KEY", "ADMIN_PASSWORD"):
        assert secrets[name] not in api
    for name in ("BILLING_APP_PASSWORD", "BILLING_ENCRYPTION_KEY", "STRIPE_WEBHOOK_SECRET"):
        assert secrets[name] not in panel
    assert [name for name, value in secrets.items() if value in sandbox] == ["STRIPE_WEBHOOK_SECRET"]


def test_outer_product_settings_do_not_leak_in(environments: Environments, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLING_STRIPE_SECRET_KEY", "sk_live_of_somebody")
    monkeypatch.setenv("SOMETHING_ELSE", "1")
    told = environments.of_process("billing-worker")
    assert told["BILLING_STRIPE_SECRET_KEY"] == "sk_test_sandbox"
    assert "SOMETHING_ELSE" not in told
    assert told[MARKER] == str(environments.layout.state)


def test_environment_survives_the_way_through_the_runner(environments: Environments) -> None:
    for process in ("sandbox", "billing-api", "nextpanel-api"):
        told = environments.of_process(process)
        program = Program(process, ["true"], told)
        text = configuration(environments.layout, [program])
        line = next(line for line in text.splitlines() if line.startswith("environment="))
        assert dict_of_key_value_pairs(line.removeprefix("environment=").replace("%%", "%")) == told


@pytest.mark.parametrize("value", ["it's", "two\nlines", "a ;b", '"quoted"'])
def test_a_value_the_runner_would_garble_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(StackError, match="SETTING cannot be handed"):
        configuration(Layout(state=tmp_path), [Program("a", ["true"], {"SETTING": value})])


def test_a_long_path_moves_the_socket_to_the_temporary_directory(tmp_path: Path) -> None:
    assert socket_path(Layout(state=Path("state"))) == Path("state/supervisor.sock")
    long_path = socket_path(Layout(state=tmp_path / ("x" * 120)))
    assert len(str(long_path)) <= supervision._SOCKET_PATH_LIMIT
    assert long_path != socket_path(Layout(state=tmp_path / ("y" * 120)))


def test_procfile_of_this_repository_names_the_processes() -> None:
    entries = read_procfile(Layout().procfile)
    assert [entry.name for entry in entries] == [
        "sandbox",
        "billing-api",
        "billing-worker",
        "billing-beat",
        "nextpanel-api",
        "portal",
    ]
    values = {"BILLING_PORT": "8001", "NEXTPANEL_PORT": "9000", "STATE": "state"}
    assert LOOPBACK in entries[1].command(values)
    assert "8001" in entries[1].command(values)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no command here\n", "Line 1 .* is not"),
        ("a: x\n# c\na: y\n", "Line 3 .* a second time"),
        ("Bad: x\n", "is not"),
    ],
)
def test_bad_procfile_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "Procfile"
    path.write_text(text)
    with pytest.raises(StackError, match=reason):
        read_procfile(path)


def test_unknown_variable_in_the_procfile_is_named() -> None:
    with pytest.raises(StackError, match="uses a variable that is not set: 'NOWHERE'"):
        Entry("a", ("run", "$NOWHERE")).command({})


def test_logs_give_whole_lines_once_and_survive_rotation(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    path.write_bytes(b"one\ntwo\nthr")
    follower = Follower(path)
    assert follower.last(1) == ["two"]
    with path.open("ab") as file:
        file.write(b"ee\n")
    assert list(follower.new_lines()) == ["three"]
    assert list(follower.new_lines()) == []
    path.write_bytes(b"new\n")
    assert list(follower.new_lines()) == ["new"]


def test_unknown_log_is_named(tmp_path: Path) -> None:
    (tmp_path / "api.log").touch()
    with pytest.raises(StackError, match="no log of 'nothing'; there are: api"):
        followers(tmp_path, ["nothing"])


def test_preparation_is_remembered_until_settings_or_code_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("billing-backend", "nextpanel-backend", "packages"):
        (tmp_path / name / "tests").mkdir(parents=True)
    monkeypatch.setattr(prepared, "ROOT", tmp_path)
    layout = Layout(state=tmp_path)
    assert not Preparation(layout, {"A": "1"}).is_current()
    Preparation(layout, {"A": "1"}).remember()
    assert Preparation(layout, {"A": "1"}).is_current()
    assert not Preparation(layout, {"A": "2"}).is_current()
    (tmp_path / "packages" / "tests" / "test_new.py").touch()
    assert Preparation(layout, {"A": "1"}).is_current()
    (tmp_path / "packages" / "new.py").touch()
    assert not Preparation(layout, {"A": "1"}).is_current()
