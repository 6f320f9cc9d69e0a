from dataclasses import replace

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.drafts import Question
from chatbot.domain.ids import AccountId
from chatbot.services.accounts import Check, LinkReport, SwapKeyReport
from handlers.views import accounts
from handlers.views.screen import Screen
from tests.handlers.views.examples import MAIN, NOW

WORKS, FAILED = Check(works=True), Check(works=False, status=401, reason="invalid_signature")
REFUSAL = "Its answer: 401 (invalid_signature).\nThe usual reasons:\n"
LIVE = replace(MAIN, id=AccountId(2), label="andx-1", venue=Venue.ANDX)


def keys(screen: Screen) -> list[list[str]]:
    return [[key.label for key in row] for row in screen.rows]


def test_accounts_show_the_end_of_a_key_and_no_more() -> None:
    screen = accounts.accounts((MAIN, LIVE), MAIN, practice=True, sessions={}, now=NOW)
    assert screen.text.plain == (
        "Linked accounts\n"
        "paper-1 · PAPER · for trading · in use\n"
        "   key ending in 4f2a, linked 3 d ago\n"
        "andx-1 · LIVE\n"
        "   key ending in 4f2a, linked 3 d ago"
    )
    assert keys(screen) == [
        ["Unlink paper-1"],
        ["Use andx-1", "Unlink andx-1"],
        ["Link Instant Trade"],
        ["Link another"],
    ]


@pytest.mark.parametrize("practice", [True, False])
def test_without_an_account_the_way_to_one_is_shown(practice: bool) -> None:
    screen = accounts.accounts((), None, practice=practice, sessions={}, now=NOW)
    assert keys(screen)[0] == ["Practise with play money" if practice else "Link an account by its key"]
    assert ("play money" in screen.text.plain) is practice


@pytest.mark.parametrize(
    ("question", "title"),
    [
        (Question.USERNAME, "1 of 4 · Username"),
        (Question.PASSPHRASE, "2 of 4 · Passphrase"),
        (Question.API_KEY, "3 of 4 · API key"),
        (Question.SECRET_KEY, "4 of 4 · Secret key"),
    ],
)
def test_four_questions_are_counted(question: Question, title: str) -> None:
    assert accounts.asking(question, venue=Venue.ANDX).text.plain.split("\n")[0] == title
    assert accounts.asking(question, venue=Venue.PAPER).text.plain.split("\n")[0] == f"{title} (practice exchange)"


def test_where_a_key_comes_from_is_said_once_and_no_real_key_is_asked_for_in_practice() -> None:
    real, practice = (accounts.asking(Question.USERNAME, venue=venue).text.plain for venue in (Venue.ANDX, Venue.PAPER))
    assert real.split("\n")[-1] == "Make a key on platform.andx.one and follow the link ANDX e-mails you."
    assert practice.split("\n")[-1] == "Only for keys of a practice exchange: never type a real key here."
    later = accounts.asking(Question.SECRET_KEY, venue=Venue.PAPER).text.plain
    assert later.count("\n") == 1


def test_a_link_names_what_works_and_what_does_not() -> None:
    report = LinkReport(venue=Venue.PAPER, account=MAIN, balances=WORKS, orders=FAILED)
    assert accounts.report(report).text.plain == (
        "paper-1 is linked.\n"
        "✓ Balances\n"
        "✕ Order list: the exchange answered 401 (invalid_signature)\n"
        "Key ending in 4f2a · PAPER\n"
        "Orders go to it from now on; /accounts switches.\n"
        "What does not work needs a permission of the key: see your ANDX dashboard.\n"
        "Now try /balance, /price or /buy 0.01 BTC; /2fa makes it safer."
    )


def test_a_rejected_key_comes_with_the_usual_reasons() -> None:
    report = LinkReport(venue=Venue.ANDX, account=None, balances=FAILED, orders=FAILED)
    shown = accounts.report(report).text.plain
    assert shown.startswith("The exchange did not accept this key. Nothing was stored.\n" + REFUSAL)
    assert all(reason in shown for reason in ("e-mail", "passphrase", "tell this bot's owner"))
    assert "server" not in shown and "chatbot check" not in shown


def test_a_secret_that_stayed_in_the_chat_is_warned_about() -> None:
    assert accounts.key_kept(deleted=True) is None
    warning = accounts.key_kept(deleted=False)
    assert warning is not None and "make a new key" in warning.plain


def test_unlinking_is_asked_once_more() -> None:
    screen = accounts.ask_unlink(LIVE)
    assert screen.text.plain.startswith("Unlink andx-1?\nThe key ending in 4f2a is erased here for good.")
    assert keys(screen) == [["Unlink"], ["Keep"]]
    assert accounts.unlinked().text.plain == "Unlinked.\nThe key is erased."


def test_link_offers_a_key_of_n_exchange_once_where_there_is_n_exchange() -> None:
    first = accounts.asking(Question.USERNAME, venue=Venue.ANDX, swaps=True)
    assert keys(first) == [["A key of n.exchange instead"]]
    assert keys(accounts.asking(Question.USERNAME, venue=Venue.ANDX)) == []
    assert keys(accounts.asking(Question.API_KEY, venue=Venue.ANDX, swaps=True)) == []


def test_swap_keys_say_what_they_are_for_and_cannot_be_made_active() -> None:
    swaps = replace(MAIN, id=AccountId(3), label="nexchange-1", venue=Venue.NEXCHANGE)
    older = replace(MAIN, id=AccountId(4), label="nexchange-2", venue=Venue.NEXCHANGE)
    screen = accounts.accounts(
        (MAIN, swaps, older), MAIN, swapping=swaps, practice=True, practice_swaps=True, sessions={}, now=NOW
    )
    assert "nexchange-1 · LIVE · for swaps · in use\n" in screen.text.plain
    assert "nexchange-2 · LIVE · for swaps\n" in screen.text.plain
    assert keys(screen) == [
        ["Unlink paper-1"],
        ["Unlink nexchange-1"],
        ["Unlink nexchange-2"],
        ["Link Instant Trade"],
        ["Link another"],
        ["Practise swaps"],
    ]


@pytest.mark.parametrize("orders", [WORKS, Check(works=False, status=403, reason="<scope>")])
def test_a_swap_key_that_may_not_list_is_reported_with_what_that_means(orders: Check) -> None:
    account = replace(MAIN, label="nexchange-1", venue=Venue.NEXCHANGE)
    screen = accounts.swap_key_report(SwapKeyReport(venue=Venue.NEXCHANGE, account=account, orders=orders))
    assert screen.text.plain.startswith("nexchange-1 is linked.\n")
    assert ("I cannot look for it" in screen.text.plain) is not orders.works
    assert "<scope>" not in str(screen.text)
