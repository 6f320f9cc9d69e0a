"""What was done through the bot: tickets that were sent, with the swap that came of one."""

from dataclasses import dataclass
from datetime import datetime

from chatbot.domain.swaps import FollowedSwap
from chatbot.domain.tickets import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """An order, withdrawal or swap that was confirmed. `swap` is what a swap has become, None for everything else."""

    ticket: Ticket
    at: datetime
    swap: FollowedSwap | None
