"""The second factor."""

from datetime import datetime, timedelta

from chatbot.domain.factors import RECOVERY_CODES, Factor
from chatbot.services.factors import SetUp
from handlers.actions import (
    BeginFactor,
    DeleteShown,
    EndSetUp,
    RenewRecoveryCodes,
    RequireFactor,
    ShowFactor,
    TurnOffFactor,
)
from handlers.views.format import moment, when
from handlers.views.html import Html, bold, code, italic, lines, pre, text
from handlers.views.qr import png
from handlers.views.screen import Copy, Picture, Press, Rows, Screen

_ASKS_FOR = "Withdrawals, higher limits, unlocking, unlinking and new people ask for a code of it."


def status(factor: Factor | None, *, required: bool, owner: bool, now: datetime) -> Screen:
    """How things stand, and what can be changed."""
    everybody = "It is asked of everybody here: without one, nothing that moves money works." if required else None
    if factor is None:
        turn_on = (Press("Turn it on", BeginFactor(), style="success"),)
        how = "It is a code that an authenticator app on your phone shows, a new one every 30 seconds."
        return Screen(lines(bold("Second factor: off"), how, _ASKS_FOR, everybody), (turn_on,))
    return Screen(
        lines(
            bold("Second factor: on"),
            f"Since {when(factor.since, now=now)}.",
            _recovery_left(factor.recovery_left),
            _locked(factor.locked_at(now), now=now),
            _ASKS_FOR,
            everybody,
        ),
        _changes(required=required, owner=owner),
    )


def set_up(made: SetUp, *, now: datetime) -> Picture:
    """The new secret, as a picture and as text. Shown once."""
    secret = made.secret.reveal()
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return Picture(
        content=png(made.uri.reveal()),
        caption=lines(
            bold("Scan this with an authenticator app, then send me the first code it shows."),
            text("Or type in this secret: ", code(grouped)),
            italic(
                "Nothing is on yet. I delete this picture with your first code, "
                f"at {moment(made.expires_at, now=now)} at the latest."
            ),
        ),
        rows=((Copy("Copy the secret", secret),), (Press("Cancel", EndSetUp()),)),
        protected=True,
    )


def turned_on(codes: tuple[str, ...], *, lifetime: timedelta) -> Screen:
    on = lines(bold("Your second factor is on."), "Raises of limits that still waited are dropped; see /limits.")
    return _recovery_codes(on, codes, lifetime=lifetime)


def renewed(codes: tuple[str, ...], *, lifetime: timedelta) -> Screen:
    return _recovery_codes(bold("New recovery codes. The old ones work no more."), codes, lifetime=lifetime)


def turned_off() -> Screen:
    return Screen(
        lines(
            bold("Your second factor is off."), "Secret and recovery codes are erased here; delete it in your app, too."
        ),
        ((Press("Second factor", ShowFactor()),),),
    )


def set_up_ended() -> Screen:
    return Screen(
        lines(bold("Stopped. Your second factor stays off."), "The new secret is erased."),
        ((Press("Second factor", ShowFactor()),),),
    )


def required_now(required: bool) -> Screen:
    """What the owner decided for everybody."""
    if required:
        said = lines(
            bold("A second factor is asked of everybody from now on."),
            "Who has none cannot move money until it is on; /2fa turns it on.",
        )
    else:
        said = lines(bold("A second factor is no longer asked of everybody."), "Who has one keeps it.")
    return Screen(said, ((Press("Second factor", ShowFactor()),),))


def _changes(*, required: bool, owner: bool) -> Rows:
    rows: Rows = (
        (Press("New recovery codes", RenewRecoveryCodes()),),
        (Press("Turn it off", TurnOffFactor(), style="danger"),),
    )
    if owner:
        label = "No longer ask it of everybody" if required else "Ask it of everybody"
        rows = (*rows, (Press(label, RequireFactor(required=not required)),))
    return rows


def _recovery_codes(headline: Html, codes: tuple[str, ...], *, lifetime: timedelta) -> Screen:
    minutes = int(lifetime.total_seconds()) // 60
    return Screen(
        lines(
            headline,
            f"{len(codes)} recovery codes, for the day your phone is gone. Each works once, in place of a code.",
            pre("\n".join(codes)),
            italic(f"Write them down: they are not shown again. I delete this message in {minutes} minutes."),
        ),
        (
            (Copy("Copy all", "\n".join(codes)),),
            (Press("I have them, delete this", DeleteShown(), style="success"),),
        ),
        protected=True,
    )


def _recovery_left(left: int) -> str:
    said = f"Recovery codes left: {left} of {RECOVERY_CODES}."
    return said if left > 2 else f"{said} Time for new ones."


def _locked(until: datetime | None, *, now: datetime) -> str | None:
    return None if until is None else f"Locked until {moment(until, now=now)}, after wrong codes in a row."
