"""Paths of requests, with what is foreign in them made harmless."""

from urllib.parse import quote

from chatbot.domain.errors import InputError


def filled(path: str, **segments: str | int) -> str:
    """The path with its `{names}` replaced, percent-encoded. Raises `InputError` for a segment that would vanish."""
    return path.format_map({name: _segment(value) for name, value in segments.items()})


def _segment(value: str | int) -> str:
    text = str(value)
    if text in ("", ".", ".."):
        raise InputError("That cannot be a name at the exchange.")
    return quote(text, safe="")
