"""Questions of a guided order."""

from chatbot.domain.drafts import OrderDraft, OrderRequest, QuantityKind, Question
from chatbot.domain.money import divide, round_down
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.sizing import Situation
from chatbot.services.trading import Asked
from handlers.actions import Choose, DropDialogue
from handlers.views.format import number, restyled
from handlers.views.html import Html, bold, code, italic, lines, outside, text
from handlers.views.screen import Key, Press, Rows, Screen

_COLUMNS = {Question.MARKET: 3, Question.QUANTITY: 2, Question.TYPE: 2, Question.PRICE: 2, None: 1}
_TYPED = {
    Question.MARKET: "Tap a market, or write its name.",
    Question.QUANTITY: "Tap a share, or write an amount: 0.01, 25% or all.",
    Question.TYPE: "At the market fills at once; a limit waits for its price.",
    Question.PRICE: "Tap a price, or write one.",
}


def question(asked: Asked) -> Screen:
    """The open question with its choices; or what was wrong, with the number that would be right."""
    draft = asked.draft
    return Screen(
        lines(
            bold(outside(said(draft.request))),
            restyled(asked.problem) or None,
            _facts(asked),
            _advice(asked),
            italic(f"{asked.account.label} · {asked.account.venue.badge}"),
        ),
        _choices(asked),
    )


def said(request: OrderRequest) -> str:
    """What is known so far, in words."""
    words = [request.side.capitalize(), *_what(request)]
    if request.price is not None:
        words.append(f"at {number(request.price)}")
    elif request.type is not None:
        words.append("at the market" if request.type is OrderType.MARKET else "at a limit price")
    return " ".join(words) + (", post-only" if request.post_only else "")


def _what(request: OrderRequest) -> list[str]:
    """Amount and market: `0.01 BTC`, `BTC for 100 USDT`, `BTC with 25% of what you have`, `25% of your ETH`."""
    quantity, symbol = request.quantity, request.symbol
    named = [symbol] if symbol else []
    if quantity is None:
        return named
    if quantity.kind is QuantityKind.VOLUME:
        return [number(quantity.value), *named]
    if quantity.kind is QuantityKind.TOTAL:
        return [*named, "for", f"{number(quantity.value)} {request.total_currency or 'dollars'}"]
    share = "all" if quantity.value == 100 else f"{number(quantity.value)}% of"
    if request.side is Side.SELL:
        return [share, f"your {symbol or 'holdings'}"]
    return [*named, "with", share, "you have" if quantity.value == 100 else "what you have"]


def _facts(asked: Asked) -> Html | None:
    """Bid and ask, and what there is to spend, as far as known."""
    facts = asked.facts
    if facts is None or facts.ticker is None:
        return None
    decimals = facts.market.counter_decimals
    bid, ask = (code(number(price, decimals=decimals)) for price in (facts.ticker.bid, facts.ticker.ask))
    prices = text("Bid ", bid, " · ask ", ask)
    if not isinstance(facts, Situation):
        return prices
    buying = asked.draft.request.side is Side.BUY
    balance = facts.counter if buying else facts.base
    available = round_down(balance.available, decimals=decimals if buying else facts.market.base_decimals)
    return lines(prices, text("You have ", code(number(available)), f" {balance.currency} available"))


def _advice(asked: Asked) -> str | None:
    facts = asked.facts
    if asked.draft.asking is Question.QUANTITY and not asked.draft.choices and isinstance(facts, Situation):
        market = facts.market
        smallest = divide(market.minimum, facts.ticker.last) if facts.ticker.last else market.minimum
        return (
            f"That is less than the smallest order of {number(market.minimum)} {market.counter} "
            f"(about {number(smallest, decimals=market.base_decimals)} {market.base})."
        )
    return _TYPED[asked.draft.asking] if asked.draft.asking is not None else None


def _choices(asked: Asked) -> Rows:
    draft = asked.draft
    keys: list[Key] = [
        Press(_label(draft, at), Choose(dialogue=asked.dialogue.id, choice=at)) for at in range(len(draft.choices))
    ]
    columns = _COLUMNS[draft.asking]
    rows = [tuple(keys[at : at + columns]) for at in range(0, len(keys), columns)]
    rows.append((Press("Never mind", DropDialogue(dialogue=asked.dialogue.id)),))
    return tuple(rows)


def _label(draft: OrderDraft, at: int) -> str:
    label = restyled(draft.choices[at].label)
    return label if draft.asking is not None else f"Use {label}"
