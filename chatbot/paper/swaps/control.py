"""Swaps, the API of n.exchange under /en/api/v2/. Rates follow the markets above; keys are for swaps only.

``POST /paper/swap_keys``                 → api_key
``GET  /control/swaps``                   every order with its key's name, flow, the statuses it passed, marked_as_paid,
                                          received, time_zone and referred (whether a referral token came), oldest first
``POST /control/swaps/deposit``           the demo wallet pays: ``{"address": …, "extra_id": …, "amount": "500",
                                          "currency": "USDTERC"}``, or a symbol and a ``network``; → reference, status,
                                          transaction, taken, message. The right amount of the right coin with the right
                                          memo before the deadline is "seen" and begins the order's flow. Another amount
                                          goes to "review": PENDING KYC, and all of it is sent back. Another coin, a
                                          missing or wrong memo, a second deposit or one after the deadline (which
                                          cancels the order) is "kept" by the service: that is how people lose coins
``GET  /control/swaps/wallet``            the demo wallet: its coins with address, extra_id and balance, and what
                                          arrived; ``?address=…`` asks what arrived at some other address
``POST /control/swaps/wallet/fill``       ``{"currency": "BTC", "amount": "1"}`` from the faucet
``POST /control/swaps/timetable``         ``{"seconds": 3}`` a status lasts; null leaves every move to commands, and no
                                          order expires by itself
``POST /control/swaps/flow``              ``{"flow": "kyc_failed"}`` of orders to come: success, kyc_passed, kyc_failed
                                          or refund_retried; ``/control/swaps/{reference}/flow`` of one that is there
``POST /control/swaps/{reference}/status``  ``{"status": "PAID"}`` at once, along documented steps only unless with
                                          ``"force": true``; a status after INITIAL makes a deposit come from elsewhere
``POST /control/swaps/window``            ``{"minutes": 60}`` to pay, of orders to come
``POST /control/swaps/rate_lifetime``     ``{"seconds": 60}`` of rates to come
``POST /control/swaps/limit``             ``{"per_minute": 300}`` requests, null for none; forgets what was counted
``POST /control/swaps/quirks``            ``{"more_decimals": true}``: amounts worked out are finer than their coins;
                                          ``nested_rates``: an array in an array; ``sparse_orders``: what is not set is
                                          left out. The others stay as they are

Without a deposit nothing moves but time: an unpaid order is CANCELED with its window. One without a payout address
waits at PAID. Refunds go to the refund address, without one back to where the deposit came from. ``refuse`` answers
400 with ``reason`` among non_field_errors, or another ``status_code`` from 401 to 499 with it as detail.
"""

from datetime import timedelta
from decimal import Decimal

from starlette.requests import Request

from chatbot.paper.fields import Fields, read_flag, read_limit, read_seconds
from chatbot.paper.limits import RateLimit
from chatbot.paper.swaps import wire
from chatbot.paper.swaps.coins import COINS, Coin, find
from chatbot.paper.swaps.life import Payment
from chatbot.paper.swaps.orders import TRANSITIONS, Flow, Order, Status
from chatbot.paper.swaps.venue import SwapVenue
from chatbot.paper.swaps.wallet import ADDRESSES, arrived

_LONGEST_WINDOW_MINUTES = 10_000
_MOST_FROM_FAUCET = 10**6


class SwapControl:
    """Orders, the demo wallet, and how the service behaves."""

    def __init__(self, venue: SwapVenue, limit: RateLimit) -> None:
        self._venue = venue
        self._limit = limit

    def open_key(self, _: Request, __: Fields) -> object:
        return self._venue.keys.open_fresh().credentials()

    def orders(self) -> object:
        return {"orders": [wire.steered(order) for order in self._venue.all()]}

    # the demo wallet

    def wallet(self, request: Request) -> object:
        venue, address = self._venue, request.query_params.get("address")
        venue.catch_up()
        addresses = ADDRESSES.values() if address is None else [address]
        return {
            "coins": [wire.pocket(coin, venue.wallet) for coin in COINS if address is None],
            "arrivals": [wire.arrival(each) for each in arrived(venue.life.sent, *addresses)],
        }

    def fill(self, _: Request, fields: Fields) -> object:
        coin = _read_coin(fields)
        self._venue.wallet.fill(coin, _read_amount(fields, coin, most=_MOST_FROM_FAUCET))
        return wire.pocket(coin, self._venue.wallet)

    def deposit(self, _: Request, fields: Fields) -> object:
        """Whatever the service makes of it, the coins have left the wallet, but for an address that nobody has."""
        venue, coin = self._venue, _read_coin(fields)
        amount = _read_amount(fields, coin)
        order = venue.at_address(_read_text(fields, "address"))
        if order is None:
            raise ValueError("address: nobody at the practice exchange has this address, nothing was sent")
        if amount > venue.wallet.balance(coin):
            raise ValueError(
                f"amount: the demo wallet has only {venue.wallet.balance(coin).normalize():f} {coin.symbol}"
            )
        payment = Payment(
            sender=venue.wallet.address(coin),
            coin=coin,
            amount=amount,
            extra_id=_read_text(fields, "extra_id"),
            transaction=venue.life.transaction(),
        )
        receipt = venue.life.deposit(order, payment)
        return {
            "reference": order.reference,
            "status": order.status.value,
            "transaction": payment.transaction,
            "taken": receipt.taken.value,
            "message": receipt.message,
        }

    # how orders go

    def set_status(self, request: Request, fields: Fields) -> object:
        order, status = self._order(request), _read_status(fields)
        if not read_flag(fields, "force", default=False):
            if status not in TRANSITIONS[order.status]:
                raise ValueError(f"status: {status} does not follow {order.status}")
            if status is Status.PRE_RELEASE and not order.withdraw_address:
                raise ValueError("status: an order without a payout address waits at PAID")
        self._venue.put(order, status)
        return wire.steered(order)

    def set_timetable(self, _: Request, fields: Fields) -> object:
        never = fields.get("seconds", 0) is None
        self._venue.catch_up()
        self._venue.life.step = None if never else timedelta(seconds=read_seconds(fields, "seconds"))
        self._venue.restart_steps()
        return {"ok": True}

    def set_flow(self, _: Request, fields: Fields) -> object:
        self._venue.flow = _read_flow(fields)
        return {"ok": True}

    def set_flow_of_one(self, request: Request, fields: Fields) -> object:
        order = self._order(request)
        order.flow = _read_flow(fields)
        return wire.steered(order)

    # how the service behaves

    def set_window(self, _: Request, fields: Fields) -> object:
        minutes = fields.get("minutes")
        if type(minutes) is not int or not 0 < minutes <= _LONGEST_WINDOW_MINUTES:
            raise ValueError(f"minutes: from 1 to {_LONGEST_WINDOW_MINUTES}")
        self._venue.window_minutes = minutes
        return {"ok": True}

    def set_rate_lifetime(self, _: Request, fields: Fields) -> object:
        self._venue.quotes.lifetime = timedelta(seconds=read_seconds(fields, "seconds"))
        return {"ok": True}

    def set_limit(self, _: Request, fields: Fields) -> object:
        self._limit.reset(read_limit(fields))
        return {"per_minute": self._limit.per_minute}

    def set_quirks(self, _: Request, fields: Fields) -> object:
        quirks = self._venue.quirks
        names = ("more_decimals", "nested_rates", "sparse_orders")
        wanted = {name: read_flag(fields, name, default=getattr(quirks, name)) for name in names}
        for name, switched in wanted.items():
            setattr(quirks, name, switched)
        return wanted

    def _order(self, request: Request) -> Order:
        order = self._venue.by_reference().get(request.path_params["reference"])
        if order is None:
            raise ValueError("no such order")
        return order


def _read_coin(fields: Fields) -> Coin:
    """By its code, or by a symbol with its network."""
    named = fields.get("currency")
    coin = find({"code": named, "network": fields["network"]} if "network" in fields else named)
    if coin is None:
        raise ValueError("currency: a known code, or a symbol with its network")
    return coin


def _read_amount(fields: Fields, coin: Coin, *, most: int | None = None) -> Decimal:
    amount = wire.read_number(fields.get("amount"))
    if amount is None or not amount or not wire.has_decimals(amount, coin.decimals):
        raise ValueError(f"amount: a decimal as text, above 0, at most {coin.decimals} decimals")
    if most is not None and amount > most:
        raise ValueError(f"amount: at most {most}")
    return amount


def _read_text(fields: Fields, name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name}: text")
    return value.strip()


def _read_status(fields: Fields) -> Status:
    try:
        return Status(str(fields.get("status")))
    except ValueError:
        raise ValueError("status: " + ", ".join(Status)) from None


def _read_flow(fields: Fields) -> Flow:
    try:
        return Flow(str(fields.get("flow")))
    except ValueError:
        raise ValueError("flow: " + ", ".join(Flow)) from None
