from service_kit.errors import BadRequest, Conflict, NotFound


class WebhookSignatureInvalid(BadRequest):
    code, title = "webhook_signature_invalid", "The signature does not match the body, or is too old"


class EventNotFound(NotFound):
    code, title = "webhook_event_not_found", "There is no such event"


class EventNotFailed(Conflict):
    code, title = "webhook_event_not_failed", "Only an event that failed can be replayed"
