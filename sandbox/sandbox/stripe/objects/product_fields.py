"""The fields of a product, for the product endpoints and for prices that bring their product along."""

import re

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects.fields import replace_texts
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work

_ID = re.compile(r"[\w.-]{1,255}", re.ASCII)
_TEXTS = ("description", "statement_descriptor", "tax_code", "unit_label", "url")


def build(work: Work, product_id: str | None) -> Document:
    """A product without a name yet, not saved. Raises StripeError for an id of its own that is none or taken."""
    if product_id is not None and not _ID.fullmatch(product_id):
        raise invalid("Invalid product id: use letters, digits, hyphens and underscores.", "id")
    if product_id is not None and work.get("product", product_id) is not None:
        raise invalid("Product already exists.", "id", "resource_already_exists")
    return {
        "id": product_id or work.new_id("prod", 14),
        "object": "product",
        "active": True,
        "created": work.now,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": "",
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "tax_details": None,
        "type": "service",
        "unit_label": None,
        "updated": work.now,
        "url": None,
    }


def apply(product: Document, params: Params) -> None:
    """Set what was sent."""
    product["name"] = params.text("name") or product["name"]
    replace_texts(product, params, *_TEXTS)
    product["metadata"] = params.metadata(product["metadata"])
    if "active" in params:
        product["active"] = params.flag("active")
    if "shippable" in params:
        product["shippable"] = params.flag("shippable")
    if "images" in params:
        product["images"] = params.get("images", [])
    if "marketing_features" in params:
        product["marketing_features"] = [
            {"name": feature.text("name")} for feature in params.sections("marketing_features")
        ]
    dimensions = params.section("package_dimensions")
    if dimensions is not None:
        product["package_dimensions"] = {name: dimensions.get(name) for name in ("height", "length", "weight", "width")}
