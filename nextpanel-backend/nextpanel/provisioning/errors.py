from service_kit.errors import Conflict


class ServerFull(Conflict):
    code, title = "server_full", "This server takes no more accounts"
