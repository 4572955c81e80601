"""The demo's parts: links, event streams, refusals, payments, against a real HTTP server with scripted answers."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from demo import watch
from demo.http import Api, DemoError, Json
from demo.story import Facts
from demo.telling import Telling, money, wait_for
from demo.world import Mailbox, pay, token_of

from testkit.ports import LOOPBACK


@dataclass
class Script:
    """Answers by "METHOD path", one after the other, the last one again and again; `seen` keeps the bodies."""

    answers: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def say(self, call: str, body: Json | str, *, status: int = 200, kind: str = "application/json") -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        self.answers.setdefault(call, []).append((status, kind, text))

    def next(self, call: str) -> tuple[int, str, str]:
        queue = self.answers.get(call, [(404, "application/json", "{}")])
        return queue.pop(0) if len(queue) > 1 else queue[0]


@pytest.fixture
def script() -> Iterator[Script]:
    held = Script()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            call = f"{self.command} {self.path.partition('?')[0]}"
            held.seen.append((call, body))
            held.headers.append(dict(self.headers))
            status, kind, text = held.next(call)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = answer  # noqa: N815 - the names http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    held.url = f"http://{LOOPBACK}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield held
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def api(script: Script) -> Iterator[Api]:
    made = Api("billing", script.url)
    yield made
    made.close()


def _order(status: str, *steps: tuple[str, str]) -> Json:
    return {
        "status": status,
        "steps": [{"id": kind, "kind": kind, "status": state, "error_code": "down"} for kind, state in steps],
    }


def _event(order: Json) -> str:
    return f"event: order\nid: 1\ndata: {json.dumps(order)}\n\n"


@pytest.mark.parametrize(
    ("link", "token"),
    [
        ("http://localhost:3001/verify-email?token=abc-1", "abc-1"),
        ("http://localhost:3001/verify#token=abc-2", "abc-2"),
        ("http://127.0.0.1:9000/setup/abc-3", "abc-3"),
    ],
)
def test_token_of_a_mailed_link(link: str, token: str) -> None:
    assert token_of(link) == token


def test_events_are_read_up_to_the_end() -> None:
    lines = (": hello\n" + _event({"a": 1}) + _event({"a": 2}) + "event: end\ndata: {}\n\n" + _event({"a": 3})).split(
        "\n"
    )
    assert list(watch.events(iter(lines), time.monotonic() + 10)) == [{"a": 1}, {"a": 2}]


def test_an_order_is_followed_live(script: Script, api: Api) -> None:
    stream = _event(_order("paid", ("issue_license", "running"))) + _event(
        _order("fulfilled", ("issue_license", "done"))
    )
    script.say("GET /api/v1/orders/1/events", stream + "event: end\ndata: {}\n\n", kind="text/event-stream")
    changes: list[str] = []
    order = watch.follow(api, "1", lambda step, _: changes.append(step["status"]))
    assert order["status"] == "fulfilled"
    assert changes == ["running", "done"]
    assert [call for call, _ in script.seen] == ["GET /api/v1/orders/1/events"]


def test_polling_takes_over_when_there_is_no_stream(script: Script, api: Api) -> None:
    script.say("GET /api/v1/orders/1/events", {}, status=502)
    script.say("GET /api/v1/orders/1", _order("paid", ("dns_zone", "waiting")))
    script.say("GET /api/v1/orders/1", _order("fulfilled", ("dns_zone", "done")))
    changes: list[str] = []
    assert watch.follow(api, "1", lambda step, _: changes.append(step["status"]))["status"] == "fulfilled"
    assert changes == ["waiting", "done"]


def test_a_step_that_needs_a_person_ends_the_story(script: Script, api: Api) -> None:
    script.say("GET /api/v1/orders/1/events", {}, status=404)
    script.say("GET /api/v1/orders/1", _order("paid", ("register_domain", "needs_attention")))
    with pytest.raises(DemoError, match="register_domain needs attention: down"):
        watch.follow(api, "1", lambda _step, _order: None)


def test_a_refusal_is_told_in_the_problems_own_words(script: Script, api: Api) -> None:
    script.say("POST /x", {"code": "unknown_plan", "detail": "There is no such plan"}, status=422)
    with pytest.raises(DemoError, match=r"billing answers POST /x with 422: unknown_plan; There is no such plan"):
        api.post("/x", {})
    script.say("POST /y", {"error": {"code": "card_declined", "message": "Your card was declined."}}, status=402)
    with pytest.raises(DemoError, match="card_declined; Your card was declined"):
        api.post_form("/y", {})


def test_an_expected_refusal_must_come(script: Script, api: Api) -> None:
    script.say("POST /z", {"code": "QUOTA_EXCEEDED"}, status=409)
    assert api.request("POST", "/z", refusal=409).json()["code"] == "QUOTA_EXCEEDED"
    script.say("POST /open", {}, status=201)
    with pytest.raises(DemoError, match="with 201"):
        api.request("POST", "/open", refusal=409)


def test_a_service_that_is_gone_is_named() -> None:
    gone = Api("the panel", f"http://{LOOPBACK}:1")
    with pytest.raises(DemoError, match=r"the panel does not answer GET /x: ConnectError"):
        gone.get("/x")
    gone.close()


def test_the_card_goes_to_stripe_with_public_credentials_only(script: Script, api: Api) -> None:
    script.say("POST /stripe/v1/payment_intents/pi_1/confirm", {"status": "succeeded"})
    pay(api, client_secret="pi_1_secret_x", publishable_key="pk_test_1", return_url="http://shop.example")
    [(_, body)] = script.seen
    assert "client_secret=pi_1_secret_x" in body
    assert "4242424242424242" in body
    assert "sk_" not in body


def test_a_declined_card_ends_the_story(script: Script, api: Api) -> None:
    script.say("POST /stripe/v1/payment_intents/pi_1/confirm", {"status": "requires_payment_method"})
    with pytest.raises(DemoError, match="requires_payment_method, not succeeded"):
        pay(api, client_secret="pi_1_secret_x", publishable_key="pk_test_1", return_url="http://shop.example")


def test_a_log_in_begins_a_session_and_the_next_one_takes_its_place(script: Script, api: Api) -> None:
    script.say("POST /api/v1/auth/token", {"access_token": "t1"})
    api.log_in_with("ada@customer.example", "a pass phrase")
    api.log_in_with("ada@customer.example", "a pass phrase")
    assert [call for call, _ in script.seen] == ["POST /api/v1/auth/token"] * 2
    assert [headers.get("Authorization") for headers in script.headers] == [None, None]
    script.say("GET /x", {})
    api.get("/x")
    assert script.headers[-1]["Authorization"] == "Bearer t1"


def test_what_is_waited_for_comes_or_ends_the_story() -> None:
    looks = iter([None, None, "there"])
    assert wait_for("it", lambda: next(looks)) == "there"
    with pytest.raises(DemoError, match=r"the invoice did not come within 0\.1 s"):
        wait_for("the invoice", lambda: None, seconds=0.1)


def test_the_telling_knows_how_long_its_parts_took(capsys: pytest.CaptureFixture[str]) -> None:
    telling = Telling()
    with telling.part("order"):
        telling.say(f"orders for {money(2905, 'USD')}")
    telling.end()
    assert list(telling.seconds) == ["order", "story"]
    assert "s  orders for USD 29.05" in capsys.readouterr().out


def test_mail_of_others_is_not_ours(script: Script, api: Api) -> None:
    mails = [
        {"to": "ada@customer.example", "subject": "new", "links": ["http://a.example/setup/t2"]},
        {"to": "ada@customer.example", "subject": "old", "links": []},
        {"to": "not-ada@customer.example", "subject": "other", "links": ["http://a.example/setup/t1"]},
    ]
    script.say("GET /mails", {"items": mails})
    mailbox = Mailbox(api, "ada@customer.example")
    assert [mail["subject"] for mail in mailbox.all()] == ["old", "new"]
    assert mailbox.wait_for_link("/setup/")[1].endswith("t2")


def test_the_facts_have_exactly_the_promised_names() -> None:
    assert list(asdict(Facts())) == [
        "order_id",
        "order_status",
        "steps",
        "license_last4",
        "panel_account_id",
        "domain",
        "mails",
        "database",
        "quota_remaining",
        "refused_code",
        "upgrade",
        "renewal",
        "seconds",
    ]
