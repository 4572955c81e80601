from service_kit.errors import Conflict, NotFound


class ZoneNotFound(NotFound):
    code, title = "zone_not_found", "There is no such zone here"


class ZoneTaken(Conflict):
    code, title = "zone_taken", "This domain's zone belongs to another account"
