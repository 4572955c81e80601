from service_kit.errors import Conflict, NotFound


class ReconcileRunNotFound(NotFound):
    code, title = "reconcile_run_not_found", "There is no such run"


class ReconcileRunning(Conflict):
    code, title = "reconcile_running", "A comparison is under way"
