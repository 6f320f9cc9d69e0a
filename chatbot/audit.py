"""What an operator does with the audit log from the server's command line: look whether it is whole."""

from collections.abc import Callable, Mapping
from typing import Final

from chatbot import resources
from chatbot.domain.audit import Damage, Finding
from chatbot.settings import Settings
from chatbot.storage.opening import opened_log

_WORDS: Final[Mapping[Damage, str]] = {
    Damage.CHANGED: "Entry {seq:,} was changed.",
    Damage.REMOVED: "Entry {seq:,} is missing: it was removed, and perhaps some after it.",
    Damage.INSERTED: "Entry {seq:,} was not written by the bot: it was inserted.",
    Damage.REORDERED: "Entry {seq:,} is not where it belongs: entries were reordered.",
    Damage.CUT: "Entry {seq:,} is missing: from there on, the newest entries were cut off.",
    Damage.HEAD: "How many entries there are was forged, or removed, so some may be missing after entry {seq:,}.",
}


async def verify(settings: Settings, *, say: Callable[[str], None]) -> bool:
    """Print what was found; False if the log is not whole. Raises `StorageFault`."""
    async with opened_log(url=settings.database_url, master_key=resources.key_source(settings)) as log:
        finding = await log.verify()
    say(said(finding))
    return finding.broken is None


def said(finding: Finding) -> str:
    """A finding as a sentence or two."""
    if finding.broken is None:
        return f"The log is whole: {_counted(finding.whole)}, none changed, removed or added behind the bot's back."
    damage = finding.broken.damage
    seq = finding.whole if damage is Damage.HEAD else finding.broken.seq
    return f"The log was tampered with. {_WORDS[damage].format(seq=seq)} Before it, {_counted(finding.whole)} fit."


def _counted(entries: int) -> str:
    return "1 entry" if entries == 1 else f"{entries:,} entries"
