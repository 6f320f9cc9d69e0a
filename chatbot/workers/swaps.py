"""Looks at followed swaps when they are due."""

from datetime import timedelta

from chatbot.domain.swaps import FollowedSwap
from chatbot.workers.due import DueKeeper


class SwapKeeper(DueKeeper[FollowedSwap]):
    name = "swaps"
    at_once = 4
    longest_rest = timedelta(seconds=1)
