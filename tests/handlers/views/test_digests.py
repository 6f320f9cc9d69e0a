from dataclasses import replace
from datetime import timedelta

from chatbot.domain.accounts import Venue
from chatbot.domain.notices import DigestDue
from chatbot.services.digests import Summary
from chatbot.services.markets import Quote
from handlers.views.digests import digest
from handlers.views.screen import Picture, Screen
from tests.fakes.pictures import png
from tests.fakes.values import BTC, ticker
from tests.handlers.views.examples import NOW

QUOTE = Quote(market=BTC, ticker=ticker())
SUMMARY = Summary(quotes=(QUOTE,), up=(QUOTE,), down=())
DUE = DigestDue(venue=Venue.PAPER, markets=(), at=NOW, late=False)


def test_it_says_prices_and_movers_and_where_from() -> None:
    shown = digest(SUMMARY, DUE, picture=None, now=NOW)
    assert isinstance(shown, Screen)
    assert "Daily digest" in shown.text.plain and "Rose most in 24 h: BTC ▲ +1.25%" in shown.text.plain
    assert "Fell most" not in shown.text.plain and "PAPER" in shown.text.plain


def test_a_late_one_says_so() -> None:
    late = digest(SUMMARY, replace(DUE, late=True), picture=None, now=NOW + timedelta(hours=1))
    assert isinstance(late, Screen) and "I was away" in late.text.plain


def test_with_a_chart_it_is_a_picture_and_without_room_for_the_words_it_is_text() -> None:
    assert isinstance(digest(SUMMARY, DUE, picture=png(), now=NOW), Picture)
    many = replace(SUMMARY, quotes=(QUOTE,) * 40)
    assert isinstance(digest(many, DUE, picture=png(), now=NOW), Screen)
