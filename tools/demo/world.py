"""What the customer does outside both products: read mail, and type a card number into Stripe's form."""

import time
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from demo.http import Api, DemoError, Json

CARD = {
    "payment_method_data[type]": "card",
    "payment_method_data[card][number]": "4242424242424242",
    "payment_method_data[card][exp_month]": "12",
    "payment_method_data[card][exp_year]": "2034",
    "payment_method_data[card][cvc]": "123",
}
_MAIL_TIMEOUT_SECONDS = 30.0


@dataclass
class LogIns:
    """How to continue by hand as this customer, who was made up on the spot."""

    email: str = ""
    billing_password: str = "a customer's long pass phrase"  # noqa: S105 - of nobody
    panel_username: str = ""
    panel_password: str = "another one, for the panel"  # noqa: S105 - of the demo, on loopback only


class Mailbox:
    """The customer's mails, as the sandbox's mail server received them."""

    def __init__(self, sandbox: Api, address: str) -> None:
        self._sandbox = sandbox
        self.address = address

    def all(self) -> list[Json]:
        """Return every mail to this address, oldest first."""
        items: list[Json] = self._sandbox.get("/mails", to=self.address)["items"]
        return [mail for mail in reversed(items) if mail["to"] == self.address]

    def open(self, mail: Json) -> Json:
        """Return a mail of the list with its attachments."""
        return self._sandbox.get(f"/mails/{mail['id']}.json")

    def wait_for_link(self, path_part: str) -> tuple[Json, str]:
        """Wait for a mail with a link whose path or query contains `path_part`; return the mail and the link."""
        deadline = time.monotonic() + _MAIL_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            for mail in self.all():
                for link in mail["links"]:
                    if path_part in link:
                        return mail, link
            time.sleep(0.1)
        subjects = [mail["subject"] for mail in self.all()]
        raise DemoError(f"no mail with a link to …{path_part}… came within {_MAIL_TIMEOUT_SECONDS:g} s; got {subjects}")


def token_of(link: str) -> str:
    """Return the one-time token of a mailed link: its `token` parameter, else the last part of its path."""
    parts = urlsplit(link)
    for source in (parts.query, parts.fragment):
        if token := parse_qs(source).get("token"):
            return token[0]
    return parts.path.rstrip("/").rpartition("/")[2]


def pay(sandbox: Api, *, client_secret: str, publishable_key: str, return_url: str) -> Json:
    """Confirm the payment the way Stripe.js does in a browser: publishable key, client secret, card; no secret key."""
    intent_id = client_secret.partition("_secret_")[0]
    form = {"client_secret": client_secret, "return_url": return_url, **CARD}
    intent = sandbox.post_form(f"/stripe/v1/payment_intents/{intent_id}/confirm", form, token=publishable_key)
    if intent["status"] != "succeeded":
        raise DemoError(f"the card payment is {intent['status']}, not succeeded")
    return intent
