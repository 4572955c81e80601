"""`/v1/disputes`."""

from sandbox.core.store import Document
from sandbox.stripe.listing import page
from sandbox.stripe.objects.disputes import life
from sandbox.stripe.resource import Call, Resource, operation
from sandbox.stripe.work import Work


def retrieve(work: Work, call: Call) -> Document:
    """GET /v1/disputes/{id}"""
    return work.fetch("dispute", call.path["id"])


def update(work: Work, call: Call) -> Document:
    """POST /v1/disputes/{id}; evidence goes to the bank unless `submit` is false"""
    dispute = work.fetch("dispute", call.path["id"])
    params = call.params
    dispute["metadata"] = params.metadata(dispute["metadata"])
    if "intended_submission_method" in params:
        dispute["intended_submission_method"] = params.get("intended_submission_method")
    evidence = params.section("evidence")
    if evidence is not None:
        for name in life.EVIDENCE_TEXTS:
            if name in evidence:
                dispute["evidence"][name] = evidence.text(name)
        dispute["evidence_details"]["has_evidence"] = any(dispute["evidence"].values())
    submitted = params.flag("submit", default=evidence is not None)
    if submitted or evidence is not None:
        life.check_answerable(dispute)
    if submitted:
        life.submit(work, dispute)
    work.update(dispute, "charge.dispute.updated")
    if submitted:
        life.verdict_of_evidence(work, dispute)
    return dispute


def close(work: Work, call: Call) -> Document:
    """POST /v1/disputes/{id}/close: the merchant accepts the loss"""
    dispute = work.fetch("dispute", call.path["id"])
    life.finish(work, dispute, won=False)
    return dispute


def list_disputes(work: Work, call: Call) -> Document:
    """GET /v1/disputes"""
    equal = {name: call.params.text(name) for name in ("charge", "payment_intent")}
    return page(work, call.params, "dispute", "/v1/disputes", equal=equal)


def render(work: Work, view: Document) -> None:
    """Balance transactions are shown whole."""
    stored = work.fetch("dispute", view["id"])
    found = [work.fetch("balance_transaction", transaction) for transaction in stored["_transactions"]]
    view["balance_transactions"] = [work.render(transaction) for transaction in found]


RESOURCES = [Resource("dispute", "dispute", "Dispute", render=render)]

_BASE = "/v1/disputes"
OPERATIONS = [
    operation("disputes.retrieve", f"GET {_BASE}/{{id}}", "DisputeRetrieveParams", retrieve, "Dispute"),
    operation("disputes.update", f"POST {_BASE}/{{id}}", "DisputeUpdateParams", update, "Dispute"),
    operation("disputes.close", f"POST {_BASE}/{{id}}/close", "DisputeCloseParams", close, "Dispute"),
    operation("disputes.list", f"GET {_BASE}", "DisputeListParams", list_disputes, "Dispute", listing=True),
]
