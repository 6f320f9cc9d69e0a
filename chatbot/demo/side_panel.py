"""What the page's panel (market and wallet) may ask of the practice exchange beside this chat, passed on as it is."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

TIMEOUT_SECONDS: Final = 5
# Listed in the practice exchange's own control panel; nothing else of it can be reached from the page.
_READ: Final = re.compile(r"markets|accounts|swaps/wallet")
_DONE: Final = re.compile(r"price|hold|live|outage|accounts/[\w.@-]+/(?:deposit|orders)|swaps/deposit")


class SidePanel:
    """`/control/exchange/…`. `exchange_url` is "" as long as there is no practice exchange."""

    def __init__(self) -> None:
        self.exchange_url = ""

    def routes(self) -> list[BaseRoute]:
        return [Route("/control/exchange/{path:path}", self._pass_on, methods=["GET", "POST"])]

    async def _pass_on(self, request: Request) -> Response:
        path = request.path_params["path"]
        allowed = _READ if request.method == "GET" else _DONE
        if not self.exchange_url or not allowed.fullmatch(path):
            return JSONResponse({"error": "there is no such thing at the exchange beside this chat"}, 404)
        # Known only once somebody looks at the panel: a chat without one need not load a client.
        import httpx  # noqa: PLC0415

        try:
            async with httpx.AsyncClient(trust_env=False, verify=False, timeout=TIMEOUT_SECONDS) as client:  # noqa: S501 - nothing here is encrypted; it is this machine
                url = f"{self.exchange_url}/control/{path}"
                answer = await client.request(request.method, url, content=await request.body())
        except httpx.HTTPError:
            return JSONResponse({"error": "the practice exchange does not answer"}, 502)
        headers = {"cache-control": "no-store"}
        return Response(answer.content, answer.status_code, media_type="application/json", headers=headers)
