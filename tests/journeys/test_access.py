"""Who is let in: the claim link, invitations, removal."""

from collections.abc import Iterator

import pytest

from tests.harness import Persona, Stack
from tests.harness.programs import Program


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A bot for invited people only, without an owner in its settings."""
    settings = {"ACCESS": "invite", "OWNER_IDS": ""}
    with Stack.running(tmp_path_factory.mktemp("closed"), settings=settings, leaping=True) as stack:
        yield stack


@pytest.fixture(scope="module")
def claim_link(closed: Stack) -> str:
    """As `chatbot run` printed it."""
    return _link(closed.bot.program)


@pytest.fixture(scope="module")
def owner(closed: Stack, claim_link: str) -> Persona:
    persona = closed.person("Olga")
    assert "You own this bot now." in persona.open_link(claim_link).text
    return persona


def _link(program: Program) -> str:
    return program.wait_for_line("https://t.me/", output_only=True).strip()


def _invite(owner: Persona) -> str:
    invitation = owner.ask("/invite")
    return next(word for word in invitation.text.split() if word.startswith("https://t.me/"))


def _let_in(closed: Stack, owner: Persona, name: str) -> Persona:
    person = closed.person(name)
    assert "you have access now" in person.open_link(_invite(owner)).text
    return person


def test_the_claim_link_makes_its_first_opener_the_owner_and_nobody_else(
    closed: Stack, owner: Persona, claim_link: str
) -> None:
    late = closed.person("Late")
    assert "used or is too old" in late.open_link(claim_link).text
    assert "private" in late.ask("/people").text
    assert "People" in owner.ask("/people").text


def test_with_an_owner_no_claim_link_is_printed_any_more(closed: Stack, owner: Persona) -> None:
    closed.bot.stop()
    program = closed.bot.start()
    assert "People" in owner.ask("/people").text
    assert not any("t.me" in line for line in program.output)


@pytest.mark.parametrize("said", ["/price BTC", "/buy 0.01 BTC", "/balance", "/invite", "hello"])
def test_a_stranger_gets_one_sentence_and_nothing_else(closed: Stack, owner: Persona, said: str) -> None:
    stranger = closed.person("Stranger")
    mark = closed.exchange.mark
    answer = stranger.ask(said)
    assert answer.text == "This bot is private. Ask its owner for an invitation." and not answer.buttons
    # A bot that has just started reads the catalogue by itself, for nobody in particular.
    assert {asked["path"] for asked in closed.exchange.requests(since=mark)} <= {"/api/v1/market_info/"}


def test_an_invitation_lets_one_person_in_and_tells_the_owner(closed: Stack, owner: Persona) -> None:
    link = _invite(owner)
    guest, second = closed.person("Guest"), closed.person("Second")
    assert "you have access now" in guest.open_link(link).text
    assert "used or is too old" in second.open_link(link).text
    assert "private" in second.ask("/price BTC").text
    assert "BTC/USDT" in guest.ask("/price BTC").text
    closed.leap(6)
    told = owner.wait_for("used your invitation")
    assert "Guest" in told.text


def test_what_is_the_owners_is_refused_to_members(closed: Stack, owner: Persona) -> None:
    member = _let_in(closed, owner, "Member")
    assert member.ask("/invite").text == "Only the owner of this bot can do that."
    forged = member.forge(f"px:{owner.id}", member.ask("/help")).toast()
    assert forged.alert and "Only the owner" in forged.text


@pytest.mark.parametrize("link", ["claim_AAAAAAAAAAAAAAAAAAAAAA", "inv_AAAAAAAAAAAAAAAAAAAAAA", "inv_", "claim_x"])
def test_made_up_links_open_nothing(closed: Stack, owner: Persona, link: str) -> None:
    visitor = closed.person("Visitor")
    visitor.say(f"/start {link}")
    assert "used or is too old" in visitor.wait_for(lambda _: True).text
    assert "private" in visitor.ask("/price BTC").text


def test_a_removed_person_is_locked_out_at_once_and_their_old_confirm_does_nothing(
    closed: Stack, owner: Persona
) -> None:
    guest = _let_in(closed, owner, "Gone")
    closed.link(guest)
    card = guest.ask("/buy 0.01 BTC")
    owner.tap("Remove Gone", owner.ask("/people"))
    asked = owner.wait_for("Remove Gone?")
    owner.tap("Remove", asked)
    owner.wait_for(lambda message: "Gone" not in message.text, message=asked)
    toast = guest.tap("Confirm", card).toast()
    assert toast.alert and "private" in toast.text
    assert "private" in guest.ask("/price BTC").text
    assert not closed.exchange.orders(guest)


def test_an_owner_cannot_lock_themselves_out(owner: Persona) -> None:
    listed = owner.ask("/people")
    assert not any("Olga" in label for label in listed.buttons)
    assert owner.forge(f"px:{owner.id}", listed).toast().alert
    assert owner.ask("/people").text == listed.text


def test_links_stop_working_when_their_time_is_over(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = {"ACCESS": "invite", "OWNER_IDS": ""}
    with Stack.running(tmp_path_factory.mktemp("late"), settings=settings, leaping=True) as stack:
        late, guest = stack.person("Late"), stack.person("Guest")
        claim = _payload(_link(stack.bot.program))
        stack.leap(16 * 60)
        assert "too old" in late.ask(f"/start {claim}").text
        stack.bot.stop()
        assert "own this bot" in late.ask(f"/start {_payload(_link(stack.bot.start()))}").text
        invitation = _payload(_invite(late))
        stack.leap(25 * 60 * 60)
        assert "too old" in guest.ask(f"/start {invitation}").text


def _payload(link: str) -> str:
    return link.partition("?start=")[2]
