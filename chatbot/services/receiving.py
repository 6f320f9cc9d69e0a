"""Whether coins can be sent to where somebody says. Every address of a swap passes here before its card is shown."""

from collections.abc import Iterator

from chatbot.domain.coins import home
from chatbot.domain.errors import InputError
from chatbot.domain.ids import PersonId
from chatbot.domain.networks import check_extra_id, needs_extra_id, network_of, takes_extra_id
from chatbot.domain.receiver_text import Reading, is_doubtful, read_memo, readings, shortened
from chatbot.domain.swap_plan import Receiver
from chatbot.domain.swaps import Coin
from chatbot.ports.addresses import AddressCheck, Addresses, Verdict
from chatbot.ports.swaps import Swaps

_OFFERED = 4
_SHORTEST_JOINED = 20
"""Characters of what is put together from groups and may be an address."""
_GOOD = (Verdict.SURE, Verdict.LIKELY)
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


class MemoUnclear(InputError):
    """What stands behind an address is perhaps not meant as its `memo`; not `is_possible`: there are no memos there."""

    def __init__(self, address: str, memo: str, *, coin: Coin) -> None:
        network = network_of(home(coin))
        self.address, self.memo = address, memo
        self.is_possible = takes_extra_id(network.code)
        read = f"I read “{shortened(address)}” as the address"
        if self.is_possible:
            super().__init__(f"{read}. Is “{memo}” really its {network.extra_id or 'memo'}?")
        else:
            super().__init__(f"{read}, but not “{memo}”: addresses on {network.name} have no memo.")


class Receivers:
    """Judges addresses, and knows those that went well before."""

    def __init__(self, *, addresses: Addresses, swaps: Swaps) -> None:
        self._addresses = addresses
        self._swaps = swaps

    def read(self, text: str, *, coin: Coin) -> tuple[str, str | None]:
        """The address that a text holds, and the memo behind it: empty if it was said that there is none, None if
        nothing was said. What was changed of it, to read it, has passed the network's check.

        Raises `WrongAddress` where it holds none, and `MemoUnclear`.
        """
        found = self._address_in(text, network=home(coin))
        memo = read_memo(found.behind)
        if memo and not takes_extra_id(home(coin)):
            raise MemoUnclear(found.address, memo, coin=coin)
        if memo and is_doubtful(memo) and _can_be_memo(memo, network=home(coin)):
            raise MemoUnclear(found.address, memo, coin=coin)
        return found.address, memo

    def _address_in(self, text: str, *, network: str) -> Reading:
        whole = [reading for reading in readings(text) if not reading.is_joined]
        checks = [self._addresses.check(reading.address, network=network) for reading in whole]
        for reading, check in zip(whole, checks, strict=True):
            if check.verdict is not Verdict.WRONG:
                return reading
        joined = [
            reading
            for reading in readings(text)
            if reading.is_joined
            and len(reading.address) >= _SHORTEST_JOINED
            and self._addresses.check(reading.address, network=network).verdict in _GOOD
        ]
        if len(joined) != 1:
            raise WrongAddress(checks[-1])
        return joined[0]

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

    async def used(self, coin: Coin, *, person: PersonId, is_live: bool) -> tuple[tuple[str, str], ...]:
        """The addresses, with memos, that a person gave for swaps into this coin that went well."""
        return await self._swaps.addresses_of(person, is_live=is_live, coin=coin.code, limit=_OFFERED)

    async def _is_deposit_address(self, address: str, person: PersonId) -> bool:
        """Letters of either case are alike: some addresses are the same in both."""
        paid = await self._swaps.deposit_addresses_of(person)
        return address.lower() in {each.lower() for each in paid}


def _can_be_memo(memo: str, *, network: str) -> bool:
    try:
        return bool(check_extra_id(network, memo))
    except InputError:
        return False


def _warnings(check: AddressCheck, address: str, extra_id: str, *, coin: Coin) -> Iterator[str]:
    """What its person should know before coins are sent to an address that nothing else speaks against."""
    network = network_of(home(coin))
    if check.verdict is not Verdict.SURE:
        yield check.reason
    if check.networks:
        yield f"addresses look alike on several networks. Be sure that it takes {coin.symbol} on {network.name}."
    if needs_extra_id(network.code, address) and not extra_id:
        yield f"no {network.extra_id or 'memo'}. Exchanges cannot tell whose coins come without one."
