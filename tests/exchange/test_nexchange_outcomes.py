"""Every way a call to n.exchange can end, and what is concluded from it."""

from dataclasses import dataclass, replace

import pytest

from chatbot.domain.errors import (
    Cause,
    ChatbotError,
    KeyRejected,
    NotPermitted,
    NotSent,
    OutcomeUnknown,
    Refused,
    SwapNotFound,
    Unavailable,
)
from chatbot.domain.secrets import Secret
from chatbot.exchange import http as channel
from chatbot.exchange.budget import Budget
from chatbot.exchange.nexchange.gateway import NexchangeGateway
from chatbot.exchange.opening import open_swap_service
from chatbot.exchange.paper import PaperSwapDesk
from chatbot.ports.exchange import Priority
from tests.exchange.clock import HandClock
from tests.exchange.raw_server import RawServer, Reply, Then, http, ok, sample
from tests.exchange.swapping import CREATED, KEY, MANNERS, NEW, REFERENCE, open_swaps, order
from tests.fakes.exchange import permitted
from tests.fakes.swap_service import PAYOUT

PERSON = Priority.PERSON
HALF = b"HTTP/1.1 201 Created\r\nContent-Length: 80\r\n\r\n" + CREATED[:20]
DENIED = b'{"detail": "You do not have permission to perform this action."}'
THROTTLED = b'{"detail": "Request was throttled. Expected available in 17 seconds."}'


@dataclass(frozen=True, kw_only=True)
class Case:
    """A reply, and what a change and a read make of it. `tries` is how often a read asks."""

    reply: Reply
    change: type[ChatbotError]
    read: type[ChatbotError]
    cause: Cause | None = None
    tries: int = 1


def unknown(reply: Reply, cause: Cause, *, tries: int = 1) -> Case:
    return Case(reply=reply, change=OutcomeUnknown, read=Unavailable, cause=cause, tries=tries)


def refused(reply: Reply, kind: type[ChatbotError]) -> Case:
    return Case(reply=reply, change=kind, read=kind)


CASES = {
    "400": refused(http(400, sample("nexchange/invalid")), Refused),
    "400 for the caller's address": refused(http(400, b'{"non_field_errors": ["User\'s IP has risk."]}'), Refused),
    "400 in a bare string": refused(http(400, b'"Pair BTCETH is temporarily unavailable."'), Refused),
    "400 without a word": unknown(http(400, b"{}"), Cause.SERVER_FAULT),
    "400 without a body": unknown(http(400), Cause.SERVER_FAULT),
    "400 from a gateway": unknown(http(400, b'{"message": "Bad Request"}'), Cause.SERVER_FAULT),
    "400 in HTML": unknown(http(400, b"<html>bad request</html>"), Cause.SERVER_FAULT),
    "403": refused(http(403, DENIED), NotPermitted),
    "403 from a wall on the way": unknown(http(403, b"<html>Attention Required!</html>"), Cause.FORBIDDEN),
    "301": unknown(http(301, headers="Location: /elsewhere/\r\n"), Cause.REDIRECT),
    "307": unknown(http(307, headers="Location: /elsewhere/\r\n"), Cause.REDIRECT),
    "404 in HTML": unknown(http(404, b"<html>"), Cause.SERVER_FAULT),
    "405": unknown(http(405, b'{"detail": "Method not allowed"}'), Cause.SERVER_FAULT),
    "408": unknown(http(408), Cause.SERVER_FAULT, tries=3),
    "409": unknown(http(409, b'{"detail": "Conflict"}'), Cause.SERVER_FAULT),
    "429": unknown(http(429, THROTTLED), Cause.RATE_LIMITED, tries=3),
    "500": unknown(http(500, b'{"detail": "A server error occurred."}'), Cause.SERVER_FAULT, tries=3),
    "502 in HTML": unknown(http(502, b"<html>bad gateway</html>"), Cause.SERVER_FAULT, tries=3),
    "202": unknown(http(202, CREATED), Cause.UNREADABLE),
    "204": unknown(http(204), Cause.UNREADABLE),
    "HTML with 200": unknown(ok(b"<html>maintenance</html>"), Cause.UNREADABLE),
    "no body": unknown(http(201), Cause.UNREADABLE),
    "an array": unknown(ok(b"[]"), Cause.UNREADABLE),
    "an error with 200": unknown(ok(sample("nexchange/invalid")), Cause.UNREADABLE),
    "JSON cut short": unknown(ok(CREATED[:200]), Cause.UNREADABLE),
    "half a body": unknown(Reply(data=HALF, then=Then.CLOSE), Cause.BROKEN, tries=3),
    "closed without a word": unknown(Reply(then=Then.CLOSE), Cause.BROKEN, tries=3),
    "reset without a word": unknown(Reply(then=Then.RESET), Cause.BROKEN, tries=3),
    "silence": unknown(Reply(then=Then.HANG), Cause.TIMEOUT),
}
OF_AN_ORDER = CASES | {"404": refused(http(404, sample("nexchange/not_found")), SwapNotFound)}
OF_NONE = CASES | {"404": unknown(http(404, sample("nexchange/not_found")), Cause.SERVER_FAULT)}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "_SECONDS", {"connect": 5.0, "pool": 5.0, "read": 0.1, "write": 0.1})


@pytest.mark.parametrize("name", OF_NONE)
async def test_a_creation_is_sent_once_and_its_end_is_told_exactly(
    name: str, server: RawServer, swaps: NexchangeGateway
) -> None:
    case = OF_NONE[name]
    server.will(case.reply)
    with pytest.raises(ChatbotError) as caught:
        await swaps.create(KEY, new=NEW, permit=permitted)
    assert type(caught.value) is case.change
    assert getattr(caught.value, "cause", None) == case.cause
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", OF_AN_ORDER)
async def test_an_update_is_sent_once_and_ends_as_a_creation_does(
    name: str, server: RawServer, swaps: NexchangeGateway
) -> None:
    case = OF_AN_ORDER[name]
    server.will(case.reply)
    for updating in (
        swaps.set_payout(KEY, reference=REFERENCE, address=PAYOUT, extra_id="", permit=permitted),
        swaps.mark(KEY, reference=REFERENCE, paid=True, transaction="", permit=permitted),
    ):
        server.requests.clear()
        with pytest.raises(ChatbotError) as caught:
            await updating
        assert type(caught.value) is case.change
        assert len(server.requests) == 1


@pytest.mark.parametrize("name", OF_AN_ORDER)
async def test_a_read_tries_again_only_where_that_may_help(
    name: str, server: RawServer, swaps: NexchangeGateway
) -> None:
    case = OF_AN_ORDER[name]
    server.will(case.reply)
    with pytest.raises(ChatbotError) as caught:
        await swaps.swap(KEY, reference=REFERENCE, priority=PERSON)
    assert type(caught.value) is case.read
    assert getattr(caught.value, "cause", None) == case.cause
    assert len(server.requests) == case.tries


@pytest.mark.parametrize("status", [200, 201])
async def test_both_successes_are_one(status: int, server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(http(status, CREATED))
    assert (await swaps.create(KEY, new=NEW, permit=permitted)).reference == REFERENCE
    server.will(http(status, order()))
    assert (await swaps.swap(KEY, reference=REFERENCE, priority=PERSON)).reference == REFERENCE


async def test_a_refusal_carries_its_status_and_the_services_words(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(http(400, b'{"non_field_errors": ["User\'s IP has risk."]}'))
    with pytest.raises(Refused) as caught:
        await swaps.create(KEY, new=NEW, permit=permitted)
    assert (caught.value.code, caught.value.reason) == (400, "User's IP has risk.")


async def test_a_page_beyond_the_last_is_refused(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(http(404, b'{"detail": "Invalid page."}'))
    with pytest.raises(Refused) as caught:
        await swaps.swaps(KEY, page=9, size=20, priority=PERSON)
    assert (type(caught.value), caught.value.code, caught.value.reason) == (Refused, 404, "Invalid page.")


@pytest.mark.parametrize("body", [b"", b"<html>", sample("nexchange/not_found")])
async def test_a_404_for_a_pair_says_that_it_is_not_swapped(
    body: bytes, server: RawServer, swaps: NexchangeGateway
) -> None:
    server.will(http(404, body))
    assert await swaps.rate(KEY, pair="BTCUSDC", priority=PERSON) is None
    assert await swaps.pair(KEY, name="BTCUSDC", priority=PERSON) is None


async def test_a_401_for_what_nobody_has_a_key_for_rejects_no_key(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(http(401, sample("nexchange/unauthorized")))
    with pytest.raises(Unavailable):
        await swaps.coins(priority=PERSON)


UNAUTHORIZED = http(401, sample("nexchange/unauthorized"))
CLOSED_TO_SOME = {
    "a list": lambda swaps: swaps.swaps(KEY, page=1, size=20, priority=PERSON),
    "details": lambda swaps: swaps.swap(KEY, reference=REFERENCE, priority=PERSON),
    "a payout": lambda swaps: swaps.set_payout(KEY, reference=REFERENCE, address=PAYOUT, extra_id="", permit=permitted),
    "a mark": lambda swaps: swaps.mark(KEY, reference=REFERENCE, paid=True, transaction="", permit=permitted),
}


@pytest.mark.parametrize("name", CLOSED_TO_SOME)
@pytest.mark.parametrize("elsewhere", [ok(b"[]"), http(404), http(400, b'{"detail": "Unknown pair"}')])
async def test_a_401_with_a_key_that_works_elsewhere_says_that_this_key_may_not_do_that(
    name: str, elsewhere: Reply, server: RawServer, swaps: NexchangeGateway
) -> None:
    server.will(UNAUTHORIZED, elsewhere)
    with pytest.raises(NotPermitted) as caught:
        await CLOSED_TO_SOME[name](swaps)
    assert (caught.value.code, caught.value.reason) == (401, "Authentication credentials were not provided")
    assert [request.target.split("?")[0] for request in server.requests][1:] == ["/en/api/v2/rate/"]


@pytest.mark.parametrize("name", CLOSED_TO_SOME)
@pytest.mark.parametrize("elsewhere", [UNAUTHORIZED, http(403, DENIED), ok(b"{")])
async def test_a_401_with_a_key_that_works_nowhere_rejects_it(
    name: str, elsewhere: Reply, server: RawServer, swaps: NexchangeGateway
) -> None:
    server.will(UNAUTHORIZED, elsewhere)
    with pytest.raises(KeyRejected) as caught:
        await CLOSED_TO_SOME[name](swaps)
    assert (caught.value.status, caught.value.reason) == (401, "Authentication credentials were not provided")


async def test_a_401_for_a_creation_or_a_rate_rejects_the_key_at_once(
    server: RawServer, swaps: NexchangeGateway
) -> None:
    server.will(http(401, b"<html>no</html>"))
    with pytest.raises(KeyRejected):
        await swaps.create(KEY, new=NEW, permit=permitted)
    with pytest.raises(KeyRejected):
        await swaps.rate(KEY, pair="BTCUSDC", priority=PERSON)
    assert len(server.requests) == 2


async def test_a_429_pauses_everybody_as_long_as_the_service_says(
    server: RawServer, swaps: NexchangeGateway, clock: HandClock
) -> None:
    server.will(http(429, THROTTLED, headers="Retry-After: 17\r\n"), ok(order()))
    with pytest.raises(OutcomeUnknown):
        await swaps.create(KEY, new=NEW, permit=permitted)
    with pytest.raises(NotSent) as caught:
        await swaps.create(KEY, new=NEW, permit=permitted)
    assert caught.value.cause is Cause.BUDGET
    assert 16 < swaps.expected_wait(PERSON).total_seconds() <= 17
    await swaps.swap(KEY, reference=REFERENCE, priority=PERSON)
    assert 17 <= clock.seconds < 18 and len(server.requests) == 2


def closed() -> None:
    raise NotSent(Cause.STOPPED)


async def test_what_lost_its_permit_is_not_sent(server: RawServer, swaps: NexchangeGateway) -> None:
    for change in (
        swaps.create(KEY, new=NEW, permit=closed),
        swaps.set_payout(KEY, reference=REFERENCE, address=PAYOUT, extra_id="", permit=closed),
        swaps.mark(KEY, reference=REFERENCE, paid=True, transaction="", permit=closed),
    ):
        with pytest.raises(NotSent) as caught:
            await change
        assert caught.value.cause is Cause.STOPPED
    assert (server.connections, server.requests) == (0, [])


async def test_a_practice_key_is_opened(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(b'{"api_key": "practice-1"}'))
    key = await PaperSwapDesk(swaps._channel).open_key()
    assert key.api_key.reveal() == "practice-1"
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("POST", "/paper/swap_keys", b"{}")


@pytest.mark.parametrize("reply", [http(404), ok(b"{}"), ok(b"<html>"), Reply(then=Then.CLOSE)])
async def test_only_the_practice_exchange_opens_keys(reply: Reply, server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(reply)
    with pytest.raises(Unavailable):
        await PaperSwapDesk(swaps._channel).open_key()
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_what_the_service_repeats_of_our_secrets_is_not_told(
    status: int, server: RawServer, clock: HandClock, budget: Budget
) -> None:
    said = b'{"detail": "Unknown referral token partner-42 of key nx_demo"}'
    server.will(http(status, said), ok(b"[]"))
    manners = replace(MANNERS, referral_token=Secret("partner-42"))
    async with open_swaps(server.url, clock=clock, budget=budget, manners=manners) as swaps:
        with pytest.raises((Refused, KeyRejected)) as caught:
            await swaps.create(KEY, new=NEW, permit=permitted)
    error = caught.value
    assert isinstance(error, (Refused, KeyRejected)) and error.reason == "Unknown referral token ••• of key •••"


async def test_what_goes_wrong_bears_the_services_name(clock: HandClock) -> None:
    opened = open_swap_service(
        url="http://127.0.0.1:1", requests_per_minute=9, manners=MANNERS, request_log=None, clock=clock
    )
    with pytest.raises(NotSent) as caught:
        await opened.service.create(KEY, new=NEW, permit=permitted)
    assert caught.value.service == "n.exchange"
    await opened.aclose()
