"""What an operator does about second factors from the server's command line: turn one off that locks its person out."""

from collections.abc import Callable

from chatbot import resources
from chatbot.domain.ids import PersonId
from chatbot.ports.clock import Clock
from chatbot.settings import Settings
from chatbot.storage.faults import DatabaseMissing
from chatbot.storage.opening import database_path


async def reset(settings: Settings, person: int, *, clock: Clock, say: Callable[[str], None]) -> bool:
    """Erase somebody's second factor, which is written down and told to them; False if they have none.

    A running bot holds in memory who has one, so it must be stopped. Raises `StorageFault`, also if it is not.
    """
    path = database_path(settings.database_url)
    if not path.exists():
        raise DatabaseMissing(path)
    async with resources.opened_storage(settings, clock=clock) as storage:
        erased = await storage.factors.turn_off(PersonId(person), chat=None, now=clock.now())
    if erased:
        say(
            f"The second factor of {person} is off; they are told at the next start. "
            "If somebody else had turned it on: end the other sessions in Telegram's settings, then /2fa."
        )
    else:
        say(f"{person} has no second factor.")
    return erased
