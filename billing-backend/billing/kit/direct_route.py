"""A route for what is called very often: documented like any other, but its function gets the request as it came."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute


class DirectRoute(APIRoute):
    """Calls the endpoint with the request alone and sends the response it returns.

    Parameters, dependencies and models are for the documentation only: reading, checking and writing is the
    endpoint's own work.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler
