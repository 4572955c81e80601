"""The Stripe.js stand-in: `window.Stripe` for a browser, talking to this process.

Served under the name the real one has (`…/endive/stripe.js`) and as `…/stripe.js`. The parts are plain
JavaScript, joined in order into one function scope; where the API is comes from the request's own address,
so a page may load the script over any name this process answers to.
"""

import json
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

_PARTS: Final = ("api", "cards", "appearance", "element", "elements", "challenge", "stripe")
_FOLDER: Final = Path(__file__).parent / "js"
_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
TRAIN: Final = "endive"


def script_routes() -> list[BaseRoute]:
    """The script below a folder of its own."""
    body = "\n".join((_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in _PARTS)

    async def stripe_js(request: Request) -> Response:
        base = f"{request.url.scheme}://{request.url.netloc}/stripe"
        script = f'(function () {{\n"use strict";\nconst BASE = {json.dumps(base)};\n{body}}})();\n'
        return Response(script, media_type="text/javascript", headers=_HEADERS)

    return [Route(path, stripe_js, methods=["GET"]) for path in ("/stripe.js", f"/{TRAIN}/stripe.js")]


async def invoice_js(_request: Request) -> Response:
    """What the hosted invoice page does with Stripe.js."""
    script = (_FOLDER / "invoice.js").read_text(encoding="utf-8")
    return Response(script, media_type="text/javascript", headers=_HEADERS)
