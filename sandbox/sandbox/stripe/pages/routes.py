"""Handlers of the pages. They need no key: whoever has the link may look.

- `GET  /stripe/invoices/{token}` and `…/pdf`: a finalized invoice
- `GET  /stripe/credit_notes/{token}/pdf`: a credit note
- `POST /stripe/invoices/{token}/pay` with `card` (a key of `CARDS`) in the form: the customer pays an open one
- `GET  /stripe/3ds/{intent}?client_secret=…`: the bank asks "is this you?"
- `POST /stripe/3ds/{intent}/complete` or `/fail` with `client_secret` in form or query: the customer's
  answer. Browsers are sent on to the intent's `return_url`; with `Accept: application/json` the answer is
  the intent's public part instead.
"""

import hmac
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlencode

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sandbox.core.store import Document
from sandbox.stripe.objects import intents, payment_methods, setup_intents
from sandbox.stripe.objects.fields import money
from sandbox.stripe.objects.invoices import finalize
from sandbox.stripe.pages.credit_sheet import credit_sheet_of
from sandbox.stripe.pages.paper import invoice_pdf
from sandbox.stripe.pages.sheet import sheet_of
from sandbox.stripe.payments import attempt
from sandbox.stripe.service import StripeService

_OUTCOMES = {"complete": True, "fail": False}
CARDS: Final = {
    "pm_card_visa": "4242 4242 4242 4242 – pays",
    "pm_card_threeDSecure2Required": "4000 0000 0000 3220 – the bank asks first",
    "pm_card_chargeDeclined": "4000 0000 0000 0002 – is declined",
    "pm_card_chargeDeclinedInsufficientFunds": "4000 0000 0000 9995 – lacks funds",
}


class Pages:
    """The pages of one service."""

    def __init__(self, service: StripeService) -> None:
        self._service = service
        self._store = service.context.store
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True
        )
        self._templates.filters["money"] = money

    async def invoice(self, request: Request) -> Response:
        """The hosted invoice page."""
        invoice = self._invoice(request)
        if invoice is None:
            return self._not_found()
        intent = self._store.get("stripe_payment_intent", invoice["_intent"] or "")
        failure = intent["last_payment_error"] if intent is not None and invoice["status"] == "open" else None
        payable = invoice["status"] == "open" and intent is not None
        return self._page(
            "invoice",
            invoice=invoice,
            sheet=sheet_of(self._service.work(), invoice),
            payable=payable,
            key=self._service.context.settings.stripe_publishable_key,
            secret=intent["client_secret"] if intent is not None and payable else None,
            cards=CARDS,
            problem=failure and failure["message"],
        )

    async def pay_invoice(self, request: Request) -> Response:
        """The customer pays by a test card; what came of it is on the page they are sent to."""
        invoice = self._invoice(request)
        card = (await _form(request)).get("card", "")
        if invoice is None or card not in CARDS:
            return self._not_found()
        address: str = invoice["hosted_invoice_url"]
        if invoice["status"] != "open":
            return RedirectResponse(address, status_code=303)
        with self._store.transaction():
            work = self._service.work()
            intent = finalize.intent_of(work, invoice)
            attempt.confirm(work, intent, payment_methods.usable(work, card, "card"), return_url=address)
        self._service.dispatcher.enqueue(work.deliveries)
        action = intent["next_action"]
        return RedirectResponse(action["redirect_to_url"]["url"] if action else address, status_code=303)

    async def invoice_pdf(self, request: Request) -> Response:
        """The invoice as a PDF."""
        invoice = self._invoice(request)
        if invoice is None:
            return self._not_found()
        headers = {"Content-Disposition": f'attachment; filename="Invoice-{invoice["number"]}.pdf"'}
        return Response(
            invoice_pdf(sheet_of(self._service.work(), invoice)), media_type="application/pdf", headers=headers
        )

    async def credit_note_pdf(self, request: Request) -> Response:
        """The credit note as a PDF."""
        found = self._store.find("stripe_credit_note", "_token", request.path_params["token"], limit=1)
        if not found:
            return self._not_found()
        headers = {"Content-Disposition": f'attachment; filename="CreditNote-{found[0]["number"]}.pdf"'}
        paper = invoice_pdf(credit_sheet_of(self._service.work(), found[0]), "Credit note")
        return Response(paper, media_type="application/pdf", headers=headers)

    async def challenge(self, request: Request) -> Response:
        """The bank's question."""
        intent = self._intent(request.path_params["intent"], request.query_params.get("client_secret"))
        if intent is None:
            return self._not_found()
        return self._page("challenge", intent=intent, secret=intent["client_secret"])

    async def finish_challenge(self, request: Request) -> Response:
        """The customer's answer to it."""
        passed = _OUTCOMES.get(request.path_params["outcome"])
        secret = (await _form(request)).get("client_secret", request.query_params.get("client_secret", ""))
        intent = self._intent(request.path_params["intent"], secret)
        if intent is None or passed is None:
            return self._not_found()
        if intent["status"] != "requires_action":
            return JSONResponse({"error": f"the intent is {intent['status']}"}, status_code=409)
        return_url = ((intent["next_action"] or {}).get("redirect_to_url") or {}).get("return_url")
        with self._store.transaction():
            work = self._service.work()
            finish = attempt if intent["object"] == "payment_intent" else setup_intents
            finish.finish_authentication(work, intent, passed=passed)
            view = intents.public_view(work.render(intent))
        self._service.dispatcher.enqueue(work.deliveries)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(view)
        if return_url is None:
            return self._page("done", intent=intent)
        return RedirectResponse(_with_result(return_url, intent), status_code=303)

    def _invoice(self, request: Request) -> Document | None:
        found = self._store.find("stripe_invoice", "_token", request.path_params["token"], limit=1)
        return found[0] if found and found[0]["number"] is not None else None

    def _intent(self, intent_id: str, secret: str | None) -> Document | None:
        kind = "setup_intent" if intent_id.startswith("seti_") else "payment_intent"
        intent = self._store.get(f"stripe_{kind}", intent_id)
        if intent is None or not hmac.compare_digest(intent["client_secret"].encode(), (secret or "").encode()):
            return None
        return intent

    def _page(self, name: str, status: int = 200, **values: object) -> Response:
        return HTMLResponse(self._templates.get_template(f"{name}.html").render(**values), status)

    def _not_found(self) -> Response:
        return self._page("missing", 404)


async def _form(request: Request) -> dict[str, str]:
    """The first value of each field."""
    fields = parse_qs((await request.body()).decode(errors="replace"))
    return {name: values[0] for name, values in fields.items()}


def _with_result(return_url: str, intent: Document) -> str:
    kind = intent["object"]
    result = {
        kind: intent["id"],
        f"{kind}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
    }
    return f"{return_url}{'&' if '?' in return_url else '?'}{urlencode(result)}"
