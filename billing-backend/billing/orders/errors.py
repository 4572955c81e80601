from service_kit.errors import Conflict, NotFound


class OrderNotFound(NotFound):
    code, title = "order_not_found", "There is no such order"


class StepNotFound(NotFound):
    code, title = "step_not_found", "There is no such fulfillment step"


class StepNotInAttention(Conflict):
    code, title = "step_not_in_attention", "Only a step that needs attention can be retried or resolved by hand"
