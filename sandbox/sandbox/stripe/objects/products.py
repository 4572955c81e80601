"""Products."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.listing import page
from sandbox.stripe.objects import prices
from sandbox.stripe.objects.product_fields import apply, build
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work


def create(work: Work, call: Call) -> Document:
    """POST /v1/products"""
    params = call.params
    product = build(work, params.text("id"))
    params.only("type", "service")
    apply(product, params)
    default_price = params.section("default_price_data")
    work.save(product)
    if default_price is not None:
        price = prices.inline(work, default_price, product=product, active=True)
        product["default_price"] = price["id"]
        work.save(product)
        work.emit("price.created", price)
    work.emit("product.created", product)
    return product


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/products/{id}"""
    return work.fetch("product", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/products/{id}"""
    product = work.fetch("product", call.path["id"])
    params = call.params
    apply(product, params)
    default_price = params.text("default_price")
    if default_price is not None:
        price = work.fetch("price", default_price, "default_price")
        if price["product"] != product["id"]:
            raise invalid("The default price must belong to this product.", "default_price")
        product["default_price"] = price["id"]
    product["updated"] = work.now
    work.update(product, "product.updated")
    return product


def delete(work: Work, call: Call) -> Document:
    """DELETE /v1/products/{id}; refused while it has prices"""
    product = work.fetch("product", call.path["id"])
    if work.by("price", "product", product["id"]):
        message = (
            "This product cannot be deleted because it has one or more user-created prices. You can archive it by"
            " setting its active parameter to false."
        )
        raise invalid(message, "id")
    return work.remove(product, "product.deleted")


def list_products(work: Work, call: Call) -> Document:
    """GET /v1/products"""
    params = call.params
    active, ids = params.get("active"), params.get("ids")
    shippable, address = params.get("shippable"), params.get("url")

    def keep(product: Document) -> bool:
        return (
            (active is None or product["active"] == active)
            and (ids is None or product["id"] in ids)
            and (shippable is None or product["shippable"] == shippable)
            and (address is None or product["url"] == address)
        )

    equal = {"type": params.text("type")}
    return page(work, params, "product", "/v1/products", equal=equal, keep=keep)


RESOURCE = Resource("product", "product", "Product")

OPERATIONS = [
    operation("products.create", "POST /v1/products", "ProductCreateParams", create, "Product"),
    operation("products.retrieve", "GET /v1/products/{id}", "ProductRetrieveParams", retrieve, "Product"),
    operation("products.update", "POST /v1/products/{id}", "ProductUpdateParams", update, "Product"),
    operation("products.delete", "DELETE /v1/products/{id}", "ProductDeleteParams", delete, "Product"),
    operation("products.list", "GET /v1/products", "ProductListParams", list_products, "Product", listing=True),
]
