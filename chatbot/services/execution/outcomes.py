"""What an error means for the ticket that was being sent."""

from chatbot.domain.errors import (
    Cause,
    KeyRejected,
    NoSession,
    NotLinked,
    OutcomeUnknown,
    PriceMoved,
    Refused,
    SessionExpired,
    Unavailable,
)
from chatbot.domain.tickets import Lost, Outcome, PriceRefused, RefusedBy, TicketState, Unsent, Unsigned


def unsent(error: Exception) -> Outcome:
    """What a failure before sending means: nothing left this machine, whatever it was."""
    return _sure_no(error) or Unsent(cause=Cause.FAULT)


def classify(error: Exception) -> tuple[TicketState, Outcome]:
    """What a failed changing call means for its ticket. Anything that is not surely "no" is uncertain."""
    no = _sure_no(error)
    if no is not None:
        return TicketState.REFUSED, no
    return TicketState.UNCERTAIN, Lost(cause=error.cause if isinstance(error, OutcomeUnknown) else Cause.BROKEN)


def _sure_no(error: Exception) -> Outcome | None:
    """The outcome of an error after which nothing can have happened at the exchange; None for any other."""
    match error:
        case Unavailable():
            return Unsent(cause=error.cause)
        case KeyRejected():
            return RefusedBy(code=error.status, reason=error.reason, key_rejected=True)
        case PriceMoved():
            return PriceRefused()
        case SessionExpired():
            return Unsigned(ended=True)
        case NoSession():
            return Unsigned(ended=False)
        case Refused():
            return RefusedBy(code=error.code, reason=error.reason)
        case NotLinked():
            return RefusedBy(code=None, reason="the account is no longer linked")
        case _:
            return None
