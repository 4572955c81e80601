from service_kit.errors import Conflict, NotFound, ServiceUnavailable


class DatabaseNotFound(NotFound):
    code, title = "database_not_found", "There is no such database here"


class DatabaseNameTaken(Conflict):
    code, title = "database_name_taken", "You have a database of this name already"


class DatabaseBusy(Conflict):
    code, title = "database_busy", "The database is still being created; try again shortly"


class CreationTimedOut(ServiceUnavailable):
    code, title = "creation_timed_out", "Creating the database took too long and is being undone; try again shortly"
