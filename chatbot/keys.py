"""What an operator does with the master key from the server's command line: look at it, rotate it."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from chatbot import resources
from chatbot.ports.clock import Clock
from chatbot.settings import Settings
from chatbot.storage.faults import DatabaseInUse
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, database_path

Say = Callable[[str], None]

_LOOK_EVERY = timedelta(seconds=0.2)
_PATIENCE = timedelta(minutes=1)


async def status(settings: Settings, *, clock: Clock, say: Say) -> bool:
    """Print what hangs on which master key; False while something hangs on another than the newest."""
    if not _has_database(settings, say):
        return False
    async with resources.opened_storage(settings, clock=clock, exclusive=False) as storage:
        keyring = storage.rotation.keyring
        counts = await storage.rotation.count()
        say(f"The master key comes from {keyring.source.where}.")
        for fingerprint in dict.fromkeys((*keyring.fingerprints, *counts)):
            say(f"  {fingerprint}  {_role(storage, fingerprint):<8}{counts.get(fingerprint, 0):>9,} keys")
        settled, sentence = verdict(storage, counts)
        say(sentence)
        return settled


def verdict(storage: Storage, counts: Mapping[str, int]) -> tuple[bool, str]:
    """Whether all is settled, and a sentence about it."""
    keyring = storage.rotation.keyring
    left = _left(storage, counts)
    if any(not keyring.holds(fingerprint) for fingerprint in counts):
        return False, f"Some keys hang on a master key that {keyring.source.where} does not hold: put it back in."
    if left:
        return False, f"A rotation is under way: {left:,} keys are left. The running bot, or its next start, goes on."
    if len(keyring.fingerprints) == 1:
        return True, "Everything hangs on one master key."
    if isinstance(keyring.source, KeyFile):
        return False, "A rotation is under way: only the older key is still to be taken out of the file."
    return True, f"Everything hangs on the newest: the older ones can be taken out of {keyring.source.where}."


async def rotate(settings: Settings, *, clock: Clock, say: Say) -> bool:
    """Bring everything under a new master key, here or by the bot that runs; goes on with a rotation under way."""
    source = resources.key_source(settings)
    if not isinstance(source, KeyFile):
        say(_how_to_rotate(source.where))
        return False
    if not _has_database(settings, say):
        return False
    try:
        async with resources.opened_storage(settings, clock=clock) as storage:
            _begin(source, say)
            return await _rewrap(storage, clock, say)
    except DatabaseInUse:
        async with resources.opened_storage(settings, clock=clock, exclusive=False) as storage:
            _begin(source, say)
            return await _watch(storage, clock, say)


def _begin(source: KeyFile, say: Say) -> None:
    if source.add_newest():
        say(f"A new master key stands in {source.where}. Copies of the database made before now need the former one.")
    else:
        say("Going on with the rotation that is under way.")


async def _rewrap(storage: Storage, clock: Clock, say: Say) -> bool:
    progress = _Progress(clock, say)
    while await storage.rotation.advance():
        progress.tell(_left(storage, await storage.rotation.count()))
    say(_done(storage))
    return True


async def _watch(storage: Storage, clock: Clock, say: Say) -> bool:
    """The bot does it: only one process may write to the database."""
    say("The running bot re-wraps all keys now.")
    progress, keyring = _Progress(clock, say), storage.rotation.keyring
    while not progress.has_stopped:
        keyring.renew()
        left = _left(storage, await storage.rotation.count())
        if not left and len(keyring.fingerprints) == 1:
            say(_done(storage))
            return True
        progress.tell(left)
        await clock.sleep(_LOOK_EVERY.total_seconds())
    say(
        "Nothing has happened for a minute. Look into the bot's log, and restart it if need be: it goes on by itself. "
        "`chatbot keys status` tells how far it is."
    )
    return False


class _Progress:
    """Tells how many keys are left, once a second at most, and notices when that number no longer falls."""

    def __init__(self, clock: Clock, say: Say) -> None:
        self._clock, self._say = clock, say
        self._left: int | None = None
        self._changed_at = self._told_at = clock.monotonic()  # moments

    @property
    def has_stopped(self) -> bool:
        return self._clock.monotonic() - self._changed_at > _PATIENCE.total_seconds()

    def tell(self, left: int) -> None:
        now = self._clock.monotonic()
        if left == self._left:
            return
        self._left, self._changed_at = left, now
        if now - self._told_at >= 1:
            self._told_at = now
            self._say(f"{left:,} keys are left.")


def _left(storage: Storage, counts: Mapping[str, int]) -> int:
    newest = storage.rotation.keyring.newest.fingerprint
    return sum(number for fingerprint, number in counts.items() if fingerprint != newest)


def _done(storage: Storage) -> str:
    keyring = storage.rotation.keyring
    return f"Done: everything hangs on master key {keyring.newest.fingerprint}, the only one in {keyring.source.where}."


def _role(storage: Storage, fingerprint: str) -> str:
    keyring = storage.rotation.keyring
    if not keyring.holds(fingerprint):
        return "missing"
    return "newest" if fingerprint == keyring.newest.fingerprint else "older"


def _how_to_rotate(where: str) -> str:
    return (
        f"The master key comes from {where}, which the program cannot change. To rotate it:\n"
        "  1. Put the output of `chatbot keys new` in front of the present key: on a line of its own,\n"
        "     in the variable with a comma between them.\n"
        "  2. Restart the bot. It re-wraps everything while it runs.\n"
        "  3. When `chatbot keys status` says so, take the old key out and restart once more."
    )


def _has_database(settings: Settings, say: Say) -> bool:
    path = database_path(settings.database_url)
    if not path.exists():
        say(f"There is no database {path} yet; its master key is made at the first start.")
        return False
    return True
