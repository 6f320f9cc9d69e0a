"""Why a swap should not be paid, in words."""

from chatbot.domain.swaps import Doubt

SENTENCES = {
    Doubt.DEPOSIT_COIN: "The coin to send is not the one you chose.",
    Doubt.WITHDRAW_COIN: "The coin you would receive is not the one you chose.",
    Doubt.DEPOSIT_AMOUNT: "The amount to send is not the one you named.",
    Doubt.WITHDRAW_AMOUNT: "The amount you would receive is not the one you named.",
    Doubt.MUCH_WORSE: "It is much worse than the card showed: see the amounts.",
    Doubt.PAYOUT: "The payout address is not the one you gave, or its memo is not.",
    Doubt.REFUND: "The refund address is not the one you gave, or its memo is not.",
    Doubt.OTHER_PAYOUT: "The payout address is not the one you set.",
    Doubt.DEPOSIT_ADDRESS_CHANGED: "The address to send to changed after the order was made.",
    Doubt.DEPOSIT_MEMO_CHANGED: "The memo to send with changed after the order was made.",
    Doubt.DEPOSIT_AMOUNT_CHANGED: "The amount to send changed after the order was made.",
    Doubt.DEPOSIT_COIN_CHANGED: "The coin to send changed after the order was made.",
    Doubt.WITHDRAW_COIN_CHANGED: "The coin you would receive changed after the order was made.",
    Doubt.WITHDRAW_AMOUNT_FELL: "You would receive much less than the order said at first.",
    Doubt.PAYOUT_CHANGED: "The payout address changed after it was set, or its memo did.",
    Doubt.REFUND_CHANGED: "The refund address changed after the order was made, or its memo did.",
    Doubt.NO_SUCH_ADDRESS: "Where to send it is no address on that coin's network, or of a kind not to be used there.",
    Doubt.OWN_ADDRESS: "Where to send it is where the result or a refund goes.",
    Doubt.CONTRACT_ADDRESS: "Where to send it is the contract of a coin, which keeps whatever is sent to it.",
}
