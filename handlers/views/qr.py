"""QR pictures."""

import io

import segno

_SCALE = 8  # pixels a module: a telephone reads it off a screen at arm's length
_QUIET_ZONE = 4  # modules of light around it, which the norm (ISO/IEC 18004) asks for


def png(text: str) -> bytes:
    """A text as a QR picture: dark on light, whatever the theme of the chat."""
    picture = io.BytesIO()
    segno.make_qr(text, error="m").save(
        picture, kind="png", scale=_SCALE, border=_QUIET_ZONE, dark="black", light="white"
    )
    return picture.getvalue()
