"""Forged callback payloads through the real router, services and storage: nothing of anybody else's moves.

Boris, with access and an account of his own, somebody whose access was taken away, and a stranger tap whatever they
like, wherever they are; and Anna's own client sends the data of one card from another. The data are those of every
button there is, naming Anna's records of every kind: guessed, cut off, grown, swapped between types, or plain nonsense.
Nothing may reach the exchange, no row may change but the taps' own harmless ones, and nobody may be shown anything of
Anna's.
"""

import asyncio
import random
import tempfile
from pathlib import Path

from chatbot.domain.orders import Side
from handlers import buttons
from handlers.actions import ConfirmTicket, ContinueTicket, DeclineTicket, StartOrder
from handlers.buttons import pack
from tests.fakes.exchange import FakeExchange
from tests.prove.deeds import THE_QUESTION, Tapping, every_deed
from tests.prove.effects import Change, Picture, changes, leaks, take, unsaid
from tests.prove.place import (
    ANNA,
    BORIS,
    GROUP,
    OWNER,
    REMOVED,
    STRANGER,
    PatientClock,
    Place,
    Speaker,
    opened,
    tap,
)
from tests.prove.proof import Proof, Run
from tests.prove.records import ACCOUNT, ALIAS_ID, ORDER, RAISE, FactorState, Records, State, furnish

_TAPS = tuple(pack(deed.does.action) for deed in every_deed() if isinstance(deed.does, Tapping))
"""The data of every button, naming something of Anna's wherever it names anything."""
_LAYOUTS = {layout.prefix: len(layout.fields) for layout in buttons._by_prefix.values()}
_NASTY = (
    "",
    "0",
    "-1",
    "None",
    "1" * 19,
    "999999999999999999999",
    "é",
    "٣",
    "..",
    "a" * 80,
    "' OR 1=1 --",
    "\x00",
    str(Side.BUY),
    pack(StartOrder(side=Side.BUY, code=None)),
)
_MALLORY = {
    int(BORIS): frozenset(
        {
            "account_secrets",
            "accounts",
            "active_accounts",
            "data_keys",
            "dialogues",
            "exports",
            "factors",
            "favourites",
            "notice_modes",
            "outbox",
            "preferences",
            "samples",
            "secrets",
            "sessions",
            "shown_secrets",
            "sub_accounts",
            "tickets",
            "trade_readings",
        }
    ),
    int(REMOVED): frozenset({"account_secrets", "accounts", "active_accounts", "data_keys", "dialogues", "sessions"}),
}
"""In which tables a forger's own rows may change: he may link a practice account, star a market, begin a question; who
was removed may still unlink an account, and begin to erase what is left of them."""
_STATE = State(locked=False, halted=False, factor=FactorState.OFF, required=False)
_LOOKED_AT_EVERY = 100


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    clock = PatientClock()
    exchange = FakeExchange(clock)
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder), exchange=exchange, clock=clock) as place:
            records = await furnish(place, _STATE)
            await _try_all(run, place, records)


async def _try_all(run: Run, place: Place, records: Records) -> None:
    before = await take(place)
    last = run.first + run.count - 1
    for case, chance in run.cases():
        await _try(run, case, place, _tap(chance, place, records, case + 1), records)
        if case % _LOOKED_AT_EVERY == _LOOKED_AT_EVERY - 1 or case == last:
            after = await take(place)
            for fault in _faults(before, after):
                run.fail(case, f"within the last {_LOOKED_AT_EVERY}: {fault}")
            before = after
    if place.telegram.answered != run.count:
        run.fail(run.first, f"{place.telegram.answered} of {run.count} taps were answered")


async def _try(run: Run, case: int, place: Place, update: bytes, records: Records) -> None:
    place.telegram.seen.clear()
    try:
        await place.handle(update)
    except Exception as error:
        run.fail(case, f"raised {error!r} for {update!r}")
    for fault in leaks(place.telegram.seen, unsaid(records.private, update), let_in=frozenset({int(BORIS)})):
        run.fail(case, f"{update!r} showed {fault}")
    if any("Something went wrong" in seen.words for seen in place.telegram.seen):
        run.fail(case, f"{update!r} broke something")


def _faults(before: Picture, after: Picture) -> list[str]:
    found = [f"{change.table} of {change.person} changed" for change in changes(before, after) if not _is_own(change)]
    if after.sent != before.sent:
        found.append(f"{after.sent - before.sent} went to the exchange")
    if after.rows["people"] != before.rows["people"]:
        found.append("who has access changed")
    return found


def _is_own(change: Change) -> bool:
    return change.table in _MALLORY.get(change.person, frozenset())


def _tap(chance: random.Random, place: Place, records: Records, number: int) -> bytes:
    """An update as Telegram would send it: who taps and where is true, data and card need not be."""
    at = place.clock.now().timestamp()
    if chance.random() < 0.1:
        return _own_card_confused(chance, records, number, at)
    who = chance.choice((BORIS, BORIS, REMOVED, STRANGER))
    chat = GROUP if chance.random() < 0.2 else int(who)
    data = _forgery(chance)
    return tap(number, data, by=Speaker(id=who), chat=chat, on=chance.randint(490, 600), at=at)


def _forgery(chance: random.Random) -> str:
    """Data a client of one's own making may send: a real button's, more or less changed."""
    data = chance.choice(_TAPS)
    match chance.choice(("as it is", "other button", "guessed", "cut", "changed", "nonsense")):
        case "other button":
            _, *fields = data.split(":")
            return ":".join([chance.choice(tuple(_LAYOUTS)), *fields])
        case "guessed":
            prefix, *fields = data.split(":")
            return ":".join([prefix, *(_guessed(chance, field) for field in fields)])
        case "cut":
            return data[: chance.randint(0, len(data))]
        case "changed":
            spot = chance.randrange(len(data) + 1)
            return data[:spot] + chance.choice((":", "x", "0", " ", "é", "")) + data[spot + chance.choice((0, 1)) :]
        case "nonsense":
            prefix = chance.choice(tuple(_LAYOUTS))
            return ":".join([prefix, *(_word(chance) for _ in range(chance.choice((_LAYOUTS[prefix], 0, 1, 2, 3))))])
        case _:
            return data


def _guessed(chance: random.Random, field: str) -> str:
    """A number beside the right one, or another record's name."""
    if field.isascii() and field.isdigit():
        return str(max(0, int(field) + chance.choice((-1, 0, 1, 2))))
    return _word(chance)


def _word(chance: random.Random) -> str:
    words = (ACCOUNT, ALIAS_ID, ORDER, RAISE, THE_QUESTION, ANNA, BORIS, OWNER, GROUP, "BTCUSDT", "open", "1", "0")
    ids = chance.choice(_TAPS).split(":")[-1]
    return str(chance.choice(words)) if chance.random() < 0.5 else chance.choice((ids, chance.choice(_NASTY)))


def _own_card_confused(chance: random.Random, records: Records, number: int, at: float) -> bytes:
    """Anna's client taps her own ticket on a card it does not belong to, or in the group."""
    own = chance.choice(records.tickets)
    in_group = chance.random() < 0.5
    kind = chance.choice(
        (ConfirmTicket, ContinueTicket, DeclineTicket) if in_group else (ConfirmTicket, ContinueTicket)
    )
    on = chance.choice([number for number in range(490, 600) if number != own.message])
    chat = GROUP if in_group else int(ANNA)
    return tap(number, pack(kind(ticket=own.id)), by=Speaker(id=ANNA), chat=chat, on=on, at=at)


PROOF = Proof(
    name="forged",
    claim="forged callback data of every button through router and storage: nothing sent, changed or shown of others",
    required=100_000,
    sample=1_200,
    prove=prove,
    shares=2,
)
