"""What the alert desk answers: an alert that was set, the next question, a chat's list."""

from dataclasses import dataclass

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_drafts import AlertDraft
from chatbot.domain.drafts import Dialogue
from chatbot.domain.places import Place
from chatbot.services.alert_readings import Quoted, SeenAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSet:
    """An alert that was set, or changed, and how many of the chat's allowance are used.

    `was_there`: the very same one is there already, and no other was set. `is_silent`: the chat wants to hear of none.
    """

    seen: SeenAlert
    used: int
    allowance: int
    is_new: bool
    was_there: bool = False
    is_silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAsked:
    """A question put back to the person. `problem` says what was wrong with the last answer, if anything."""

    dialogue: Dialogue
    draft: AlertDraft
    venue: Venue
    problem: str = ""
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertList:
    """A chat's alerts, market by market: the nearest market and alert first, ended ones last.

    `is_silent`: the chat wants to hear of none.
    """

    place: Place
    alerts: tuple[SeenAlert, ...]
    used: int
    allowance: int
    is_silent: bool = False
