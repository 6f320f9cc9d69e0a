"""What a card promises and what is sent for it: made of the same values, in one place."""

from dataclasses import dataclass
from decimal import Decimal

from chatbot.domain.drafts import SwapRequest
from chatbot.domain.ids import AccountId
from chatbot.domain.intents import CreateSwap, SwapTerms
from chatbot.domain.money import Amount, multiply, round_half_up
from chatbot.domain.swap_quotes import Quoted, limits
from chatbot.domain.swaps import Coin, Currency, NewSwap, Rate

_NOTICEABLE = Decimal("0.05")
"""The loss of worth from which the card warns, fee included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """An address with its memo as it is sent, empty if there is none. `warnings` are sentences about it."""

    address: str
    extra_id: str
    warnings: tuple[str, ...] = ()


NOWHERE = Receiver(address="", extra_id="")
"""Where nothing is sent: no refund address was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedSwap:
    """A request whose coins are clear, at an offer that takes its amount."""

    request: SwapRequest
    deposit: Coin
    withdraw: Coin
    rate: Rate
    quoted: Quoted

    @property
    def sent(self) -> Amount:
        return Amount(self.quoted.deposit, self.deposit.symbol)

    @property
    def received(self) -> Amount:
        return Amount(self.quoted.withdraw, self.withdraw.symbol)

    @property
    def named(self) -> Coin:
        """The coin whose amount the person named."""
        return self.withdraw if self.request.gets else self.deposit


def intent_of(priced: PricedSwap, *, payout: Receiver, refund: Receiver, account: AccountId) -> CreateSwap:
    """The order as it will be sent. Only the named amount is given; the service tells the other."""
    request = priced.request
    new = NewSwap(
        deposit=_currency(priced.deposit, named=request.deposit_network_named),
        withdraw=_currency(priced.withdraw, named=request.withdraw_network_named),
        deposit_amount=None if request.gets else priced.quoted.deposit,
        withdraw_amount=priced.quoted.withdraw if request.gets else None,
        withdraw_address=payout.address,
        withdraw_extra_id=payout.extra_id,
        refund_address=refund.address,
        refund_extra_id=refund.extra_id,
        rate_id=priced.rate.rate_id,
    )
    return CreateSwap(account=account, new=new, deposit=priced.deposit, withdraw=priced.withdraw)


def terms_of(
    priced: PricedSwap, *, payout: Receiver, refund: Receiver, value: Decimal | None, loss: Decimal | None, left: Amount
) -> SwapTerms:
    """What the card shows. `loss` is the fraction of the deposit's worth that does not come back, None if not known."""
    least, most = limits(priced.rate, gets=priced.request.gets)
    unit = priced.named.symbol
    return SwapTerms(
        deposit=priced.sent,
        withdraw=priced.received,
        price=priced.rate.price,
        fee=Amount(priced.rate.withdrawal_fee, priced.withdraw.symbol),
        rate_until=priced.rate.expires_at,
        least=None if least is None else Amount(least, unit),
        most=None if most is None else Amount(most, unit),
        warnings=(*_poor_rate(loss), *payout.warnings, *refund.warnings),
        value=value,
        left=left,
    )


def request_of(intent: CreateSwap) -> SwapRequest:
    """The request that leads to the same order again."""
    new = intent.new
    return SwapRequest(
        deposit=intent.deposit,
        withdraw=intent.withdraw,
        deposit_network_named=bool(new.deposit.network),
        withdraw_network_named=bool(new.withdraw.network),
        amount=new.withdraw_amount if new.deposit_amount is None else new.deposit_amount,
        gets=new.deposit_amount is None,
        address=new.withdraw_address,
        extra_id=new.withdraw_extra_id,
        refund_address=new.refund_address,
        refund_extra_id=new.refund_extra_id,
    )


def _poor_rate(loss: Decimal | None) -> tuple[str, ...]:
    if loss is None or loss <= _NOTICEABLE:
        return ()
    share = round_half_up(multiply(loss, Decimal(100)), decimals=0)
    return (f"What comes back is worth about {share}% less than what you send, by the prices at ANDX.",)


def _currency(coin: Coin, *, named: bool) -> Currency:
    """The service's own code, unless the person named the network (api: 9.4)."""
    if named and coin.network:
        return Currency(code=coin.symbol, network=coin.network)
    return Currency(code=coin.code)
