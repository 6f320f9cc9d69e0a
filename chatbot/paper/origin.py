"""Requests that a browser sends because a page from elsewhere told it to."""

from starlette.responses import PlainTextResponse
from starlette.types import Scope

REFUSAL = PlainTextResponse("This is for the page served here and for programs, not for other pages.", status_code=403)


def is_foreign(scope: Scope) -> bool:
    """Whether a page of another origin made this request. Programs name none (Fetch standard: the Origin header)."""
    headers = dict(scope["headers"])
    origin: bytes | None = headers.get(b"origin")
    return origin is not None and origin.partition(b"://")[2] != headers.get(b"host")
