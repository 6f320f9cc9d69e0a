"""A forum's topics as values (https://core.telegram.org/bots/api#forumtopic)."""

from dataclasses import dataclass
from typing import Final

GENERAL: Final = 1
"""The topic every forum has; what is written in it carries no `message_thread_id`."""

# https://core.telegram.org/bots/api#createforumtopic
ICON_COLOURS: Final = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A thread of a forum; its id is that of the message that created it. In a closed one only admins write."""

    id: int
    name: str
    icon_colour: int
    is_closed: bool = False
