"""What people ask about swaps, answered as far as it is documented."""

from handlers.views.html import bold, italic, lines, text
from handlers.views.screen import Screen
from handlers.views.swap_words import SUPPORT

_ASKED = (
    (
        "How it goes",
        "You confirm, the order names an address, you send the deposit there, the service pays out to your address. "
        "This bot never holds coins, and nor does n.exchange hold a balance of yours.",
    ),
    (
        "I pay too late",
        "Not documented what happens. Send nothing after the deadline: make a new swap. Sent it already? Say so on the "
        "card, and write to support with the transaction id.",
    ),
    (
        "I send less, more, or in parts",
        "Not documented either. Send exactly the amount in one transfer, with your wallet's or exchange's fee on top.",
    ),
    ("Another coin or network", "It may be lost for good. Compare the coin and the network with the card first."),
    (
        "Memo, tag, comment, payment ID",
        "Where the card shows one, it belongs to the address: without it your deposit can be lost. For your own "
        "address, give the one your wallet or exchange shows, if it shows one.",
    ),
    (
        "Held for a check (KYC)",
        "Payments are screened. A held one waits until support has what it asks for; then it goes on, or is refunded.",
    ),
    (
        "Refunds",
        "They go to the refund address of the order, which cannot be changed later from here. What happens without "
        "one, how long it takes, and what it costs, is not documented.",
    ),
    ("Cancelling", "There is no such thing: an order that is not paid expires by itself."),
    (
        "“I have sent it”",
        "It only tells the service to expect your coins; take it back if it was not so. The transaction id helps to "
        "find them.",
    ),
)


def answers() -> Screen:
    return Screen(
        lines(
            bold("Swaps at n.exchange"),
            *(lines("", bold(asked), said) for asked, said in _ASKED),
            "",
            text("Anything else: ", bold(SUPPORT), ", with the swap's reference."),
            italic("“Not documented”: n.exchange's own pages do not say it, so neither do I."),
        )
    )
