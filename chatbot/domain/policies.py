"""How each kind of intent is treated: how long its card can be used, and how many steps confirm it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from chatbot.domain.intents import CancelOrders, Convert, CreateSwap, Intent, PlaceOrder, SetPayout, Withdraw

COUNTDOWN = timedelta(seconds=15)
"""How often a waiting card's seconds are redrawn, where its policy does not say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`lifetime` is how long a card can be confirmed. What takes `two_steps` is not sent by a tap alone; what
    goes `with_factor` is, unless its person has a second factor: then with a code. An uncertain outcome is closed
    `by_word` of its person where nobody can look it up. A pending card is `redrawn_every` so often.
    """

    lifetime: timedelta
    two_steps: bool = False
    with_factor: bool = False
    by_word: bool = False
    redrawn_every: timedelta = COUNTDOWN


POLICIES: Mapping[type[Intent], Policy] = {
    PlaceOrder: Policy(lifetime=timedelta(seconds=60)),
    CancelOrders: Policy(lifetime=timedelta(seconds=60)),
    Withdraw: Policy(lifetime=timedelta(seconds=90), two_steps=True, by_word=True),
    CreateSwap: Policy(lifetime=timedelta(seconds=90), with_factor=True),
    SetPayout: Policy(lifetime=timedelta(seconds=90), with_factor=True),
    Convert: Policy(lifetime=timedelta(seconds=60), redrawn_every=timedelta(seconds=10)),
}
