"""Whether coins can be sent to where somebody says. Every address of a swap passes here before its card is shown."""

from collections.abc import Iterator

from chatbot.domain.coins import home
from chatbot.domain.errors import InputError
from chatbot.domain.ids import PersonId
from chatbot.domain.networks import check_extra_id, needs_extra_id, network_of
from chatbot.domain.swap_plan import Receiver
from chatbot.domain.swap_text import shortened
from chatbot.domain.swaps import Coin
from chatbot.ports.addresses import AddressCheck, Addresses, Verdict
from chatbot.ports.swaps import Swaps

_OFFERED = 4
_NOT_YOURS = "That address belongs to n.exchange: a swap of yours is paid there. Send one of your own."


class WrongAddress(InputError):
    """Coins sent there would be lost. `check` is what was found out."""

    def __init__(self, check: AddressCheck) -> None:
        super().__init__(check.reason)
        self.check = check

    @property
    def explained(self) -> str:
        """The sentence, and which networks' address it seems to be, if it seems to be any's."""
        names = " or ".join(network_of(code).name for code in self.check.networks)
        return f"{self.sentence} It looks like an address of {names}." if names else self.sentence


class ExtraIdMissing(InputError):
    """A memo has to be named, or that there is none; or the one that was named cannot be one there."""


class Receivers:
    """Judges addresses, and knows those that went well before."""

    def __init__(self, *, addresses: Addresses, swaps: Swaps) -> None:
        self._addresses = addresses
        self._swaps = swaps

    async def admit(self, address: str, extra_id: str | None, *, coin: Coin, person: PersonId) -> Receiver:
        """A receiver that nothing speaks against but its warnings. An `extra_id` of None was not said, an empty one was
        said to be none.

        Raises `WrongAddress` or `ExtraIdMissing`.
        """
        check = self._addresses.check(address, network=home(coin))
        if check.verdict is Verdict.WRONG:
            raise WrongAddress(check)
        if await self._is_deposit_address(address, person):
            raise WrongAddress(AddressCheck(verdict=Verdict.WRONG, reason=_NOT_YOURS))
        if extra_id is None and needs_extra_id(home(coin), address):
            raise ExtraIdMissing("")
        try:
            memo = check_extra_id(home(coin), extra_id or "")
        except InputError as error:
            raise ExtraIdMissing(error.sentence) from error
        warnings = tuple(f"{shortened(address)}: {each}" for each in _warnings(check, address, memo, coin=coin))
        return Receiver(address=address, extra_id=memo, warnings=warnings)

    async def used(self, coin: Coin, *, person: PersonId) -> tuple[tuple[str, str], ...]:
        """Where a person's completed swaps into this coin went, with memos."""
        return await self._swaps.addresses_of(person, coin=coin.code, limit=_OFFERED)

    async def _is_deposit_address(self, address: str, person: PersonId) -> bool:
        """Letters of either case are alike: some addresses are the same in both."""
        paid = await self._swaps.deposit_addresses_of(person)
        return address.lower() in {each.lower() for each in paid}


def _warnings(check: AddressCheck, address: str, extra_id: str, *, coin: Coin) -> Iterator[str]:
    """What its person should know before coins are sent to an address that nothing else speaks against."""
    network = network_of(home(coin))
    if check.verdict is not Verdict.SURE:
        yield check.reason
    if check.networks:
        yield f"addresses look alike on several networks. Be sure that it takes {coin.symbol} on {network.name}."
    if needs_extra_id(network.code, address) and not extra_id:
        yield f"no {network.extra_id or 'memo'}. Exchanges cannot tell whose coins come without one."
