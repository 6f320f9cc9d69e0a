"""The part of the control panel that acts for accounts, as their owners do on the exchange's site, and for the
exchange's own back office; what each request takes is listed in ``control``."""

import re
from datetime import timedelta
from decimal import Decimal

from starlette.requests import Request

from chatbot.paper import wire
from chatbot.paper.accounts import MAIN, Account
from chatbot.paper.exchange import Exchange
from chatbot.paper.fields import Fields, find_account, read_decimal, read_flag, read_seconds
from chatbot.paper.market import CURRENCIES
from chatbot.paper.refusals import Refused
from chatbot.paper.withdrawals import State

_NOT_IN_USERNAMES = re.compile(r"[^a-z0-9_]+")


class AccountControl:
    """Accounts, their money, their orders and withdrawals."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def open_account(self, _: Request, fields: Fields) -> object:
        name = fields.get("name", "guest")
        if not isinstance(name, str):
            raise ValueError("name: text")
        word = _NOT_IN_USERNAMES.sub("-", name.lower()).strip("-")[:32]
        account = self._exchange.sign_up(word or "guest")
        return self._exchange.accounts.introduced(account)

    def accounts(self) -> object:
        """Who has an account, the newest last; no secrets."""
        return {"accounts": [{"username": account.username} for account in self._exchange.accounts]}

    # money

    def set_balances(self, request: Request, fields: Fields) -> object:
        self._set_balances(self._account(request).number, self._amounts(fields))
        return {"ok": True}

    def open_sub(self, request: Request, fields: Fields) -> object:
        account, name, balances = self._account(request), fields.get("name"), fields.get("balances", {})
        if not isinstance(name, str) or not name.strip() or name == MAIN:
            raise ValueError(f"name: text, other than {MAIN}")
        if not isinstance(balances, dict):
            raise ValueError("balances: an object")
        amounts = self._amounts(balances)
        self._set_balances(self._exchange.accounts.open_sub(account, name), amounts)
        return {"name": name}

    def _amounts(self, fields: Fields) -> dict[str, Decimal]:
        return {currency: self._amount(currency, fields[currency]) for currency in fields}

    def _set_balances(self, number: int, amounts: dict[str, Decimal]) -> None:
        """All or none."""
        for currency, amount in amounts.items():
            if amount < self._exchange.ledger.purse(number, currency).held:
                raise ValueError(f"{currency}: open orders and withdrawals hold more than that")
        for currency, amount in amounts.items():
            self._exchange.ledger.set_balance(number, currency, amount)

    def deposit(self, request: Request, fields: Fields) -> object:
        account, currency = self._account(request), str(fields.get("currency"))
        amount = self._amount(currency, fields.get("amount"))
        if not amount:
            raise ValueError("amount: above 0")
        total = self._exchange.ledger.purse(account.number, currency).total + amount
        self._exchange.ledger.set_balance(account.number, currency, total)
        return {"balance": str(total)}

    def _amount(self, currency: str, value: object) -> Decimal:
        amount = read_decimal(value, currency)
        if currency not in CURRENCIES or amount >= 10**12 or amount != amount.quantize(Decimal("1E-8")):
            raise ValueError(f"{currency}: a known currency, below 10^12, at most 8 decimals")
        return amount

    # orders

    def orders(self) -> object:
        """Everybody's orders, oldest first."""
        self._exchange.catch_up()
        placed = [
            (order.number, account.username, order)
            for account in self._exchange.accounts
            for order in self._exchange.history(account).values()
        ]
        return {"orders": [{"username": username, **wire.order_status(order)} for _, username, order in sorted(placed)]}

    def place_on_site(self, request: Request, fields: Fields) -> object:
        account = self._account(request)
        try:
            terms = wire.read_terms({"account_name": MAIN, "order_type": "limit"} | fields, account)
            return {"order_number": self._exchange.place(terms).number}
        except Refused as refused:
            raise ValueError(refused.refusal.reason) from None

    def cancel_on_site(self, request: Request, fields: Fields) -> object:
        account, number = self._account(request), fields.get("number")
        if type(number) is not int:
            raise ValueError("number: of an order")
        try:
            self._exchange.request_cancel(account, number)
        except Refused as refused:
            raise ValueError(refused.refusal.reason) from None
        return {"ok": True}

    def set_cancel_delay(self, _: Request, fields: Fields) -> object:
        self._exchange.cancel_delay = timedelta(seconds=read_seconds(fields, "seconds"))
        return {"ok": True}

    # withdrawals

    def withdrawals(self) -> object:
        """Everybody's withdrawals, oldest first."""
        self._exchange.catch_up()
        usernames = {account.number: account.username for account in self._exchange.accounts}
        requested = self._exchange.withdrawals.all()
        return {
            "withdrawals": [{"username": usernames[each.terms.account], **wire.withdrawal(each)} for each in requested]
        }

    def process(self, _: Request, fields: Fields) -> object:
        for number in self._processing(fields):
            self._exchange.withdrawals.process(number)
        return {"ok": True}

    def reject(self, _: Request, fields: Fields) -> object:
        for number in self._processing(fields):
            self._exchange.withdrawals.reject(number)
        return {"ok": True}

    def _processing(self, fields: Fields) -> list[int]:
        """The numbers a command is about, all of them withdrawals being processed."""
        self._exchange.catch_up()
        every = [each.number for each in self._exchange.withdrawals.all() if each.state is State.PROCESSING]
        if "number" not in fields:
            return every
        if fields["number"] not in every:
            raise ValueError("number: of a withdrawal that is being processed")
        return [fields["number"]]

    def set_withdrawal_delay(self, _: Request, fields: Fields) -> object:
        never = fields.get("seconds", 0) is None
        self._exchange.withdrawals.delay = None if never else timedelta(seconds=read_seconds(fields, "seconds"))
        return {"ok": True}

    def set_alias(self, request: Request, fields: Fields) -> object:
        account, withdrawals = self._account(request), self._exchange.withdrawals
        currency, alias = fields.get("currency"), fields.get("alias")
        if not isinstance(currency, str) or currency not in CURRENCIES:
            raise ValueError("currency: a known currency")
        if not isinstance(alias, str) or not alias:
            raise ValueError("alias: text")
        if read_flag(fields, "saved", default=True):
            withdrawals.save_alias(account.number, currency, alias)
        else:
            withdrawals.remove_alias(account.number, currency, alias)
        return {"aliases": sorted(withdrawals.aliases(account.number, currency))}

    def _account(self, request: Request) -> Account:
        return find_account(self._exchange, request.path_params["username"])
