"""The stand-in without HTTP, for properties that need thousands of invoices: real operations on a real store."""

from typing import Any

from sandbox.core.context import build_context
from sandbox.core.store import Document
from sandbox.settings import Settings
from sandbox.stripe.catalog import OPERATIONS
from sandbox.stripe.errors import StripeError
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call
from sandbox.stripe.service import StripeService

_BY_NAME = {known.name: known for known in OPERATIONS}


class Inside:
    """Calls operations by name with already typed parameters, one transaction each."""

    def __init__(self) -> None:
        self.context = build_context(Settings())
        self.service = StripeService(self.context)

    def call(self, operation: str, path: dict[str, str] | None = None, /, **params: Any) -> Document:
        """The stored document (not rendered) an operation returns. Raises StripeError; a decline leaves traces."""
        kept: StripeError | None = None
        with self.context.store.transaction():
            try:
                return _BY_NAME[operation].handler(self.service.work(), Call(path or {}, Params(params)))
            except StripeError as error:
                if not error.keep_effects:
                    raise
                kept = error
        raise kept

    def get(self, kind: str, object_id: str) -> Document:
        """The stored document."""
        return self.service.work().fetch(kind, object_id)
