from service_kit.errors import BadRequest


class WebhookSignatureInvalid(BadRequest):
    code, title = "webhook_signature_invalid", "The signature does not match the body, or is too old"
