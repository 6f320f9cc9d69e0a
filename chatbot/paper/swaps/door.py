"""The door of the API: n.exchange knows its clients by a key alone and speaks Django REST framework."""

import json
import re
from collections.abc import Mapping
from math import ceil

from chatbot.paper.doors import Visitor
from chatbot.paper.faults import JSON, Answer, Fault
from chatbot.paper.limits import RateLimit
from chatbot.paper.swaps.venue import SwapVenue

PREFIX = "/en/api/v2"
_KEY = re.compile(rb"(?:ApiKey|Bearer) (\S+)")
_CLIENT_ERRORS = range(400, 500)


class SwapDoor:
    path = f"{PREFIX}/"

    def __init__(self, venue: SwapVenue, limit: RateLimit) -> None:
        self.limit = limit
        self._venue = venue

    def identify(self, headers: Mapping[bytes, bytes], body: bytes) -> Visitor:
        if b"authorization" not in headers:
            return Visitor(signed=None)
        shown = _KEY.fullmatch(headers[b"authorization"])
        client = self._venue.keys.by_key(shown[1].decode("latin-1")) if shown else None
        if client is None:
            return Visitor(signed=False)
        return Visitor(signed=True, caller=client, name=client.name)

    def throttled(self, *, seconds: float) -> Answer:
        wait = ceil(seconds)
        body = {"detail": f"Request was throttled. Expected available in {wait} seconds."}
        return _answer(429, body, (b"retry-after", str(wait).encode()))

    def refusal(self, fault: Fault) -> Answer:
        """`status_code` is the HTTP status if it can be one; 400 comes in the form that was seen in production."""
        if fault.status_code in _CLIENT_ERRORS and fault.status_code != 400:
            return _answer(fault.status_code, {"detail": fault.reason})
        return _answer(400, {"non_field_errors": [fault.reason]})


def _answer(status: int, body: Mapping[str, object], *headers: tuple[bytes, bytes]) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode(), headers=(JSON, *headers))
