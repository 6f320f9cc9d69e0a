"""What tests of files do: have trades, ask for a file, put it together, read it."""

import csv
import io
from datetime import date, timedelta

from chatbot.domain.accounts import Venue
from chatbot.domain.exports import (
    Export,
    ExportFormat,
    ExportKind,
    ExportRequest,
)
from chatbot.domain.ids import PersonId
from chatbot.domain.secrets import Session
from chatbot.ports.exports import ExportFiles
from chatbot.services.exporting import FULL, Exporting
from tests.fakes.instant import trade
from tests.services.house import ANNA, CHAT, House

TODAY = date(2026, 11, 20)


def put(house: House, session: Session, count: int, *, apart: timedelta = timedelta(minutes=1)) -> None:
    made = (trade(house.clock, number, ago=number * apart) for number in range(1, count + 1))
    house.instant.put(session, *made)


async def begin(
    house: House,
    kind: ExportKind = ExportKind.TRADES,
    *,
    first: date | None = None,
    last: date = TODAY,
    form: ExportFormat = ExportFormat.CSV,
) -> Export:
    request = ExportRequest(kind=kind, first=first, last=last, format=form)
    return await house.exports.begin(request, person=ANNA, chat=CHAT)


async def now(house: House, export: Export) -> Export:
    found = await house.storage.exports.get(export.id)
    assert found is not None
    return found


async def finish(house: House, export: Export, *, restarting: bool = False) -> Export:
    """Go on until there is nothing more to do, as another program each time if `restarting`."""
    while (export := await now(house, export)).is_under_way:
        house = house.restarted() if restarting else house
        await house.exporting.advance(export)
    return export


def table(house: House, export: Export, part: int = 1) -> list[dict[str, str]]:
    content = house.storage.export_files.path(export.id, part).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


async def everybody(_: PersonId) -> bool:
    return True


def exporting(house: House, *, full: int = FULL, files: ExportFiles | None = None) -> Exporting:
    return Exporting(
        store=house.storage.exports,
        files=files or house.storage.export_files,
        exchanges={Venue.PAPER: house.exchange},
        accounts=house.storage.accounts,
        trades=house.trades,
        kept=house.storage.trades,
        history=house.storage.history,
        is_in=everybody,
        clock=house.clock,
        full=full,
    )
