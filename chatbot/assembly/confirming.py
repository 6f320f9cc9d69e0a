"""What is confirmed, sent and looked for afterwards."""

from dataclasses import dataclass
from functools import cached_property

from chatbot.assembly.knowing import Knowing
from chatbot.services.execution.executors import Execution, build_execution
from chatbot.services.follow_ups import FollowUps
from chatbot.services.forgetting import Forgetting
from chatbot.services.limits import LimitDesk
from chatbot.services.locks import Locks
from chatbot.services.panic import Panic
from chatbot.services.protection import Protection
from chatbot.services.quoting import QuoteRenewals
from chatbot.services.swap_book import SwapBook
from chatbot.services.tickets import Tickets


@dataclass(frozen=True, kw_only=True)
class Confirming(Knowing):
    """Tickets, what guards them, and what follows what they did."""

    @cached_property
    def locks(self) -> Locks:
        return Locks(store=self.storage.locks, cards=self.cards, clock=self.clock)

    @cached_property
    def limits(self) -> LimitDesk:
        return LimitDesk(
            store=self.storage.limits,
            standings=self.storage.standings,
            accounts=self.accounts,
            values=self.values,
            questions=self.questions,
            clock=self.clock,
        )

    @cached_property
    def follow_ups(self) -> FollowUps:
        return FollowUps(
            store=self.storage.follow_ups,
            accounts=self.storage.accounts,
            exchanges=self.exchanges,
            cards=self.cards,
            clock=self.clock,
            sampler=self.sampler,
            was_away=self.was_away,
        )

    @cached_property
    def swap_book(self) -> SwapBook:
        return SwapBook(
            store=self.storage.swaps,
            tickets=self.storage.tickets,
            cards=self.swap_cards,
            addresses=self.addresses,
            clock=self.clock,
        )

    @cached_property
    def execution(self) -> Execution:
        return build_execution(
            store=self.storage.tickets,
            accounts=self.storage.accounts,
            sessions=self.storage.accounts,
            exchanges=self.exchanges,
            instants=self.instants,
            swap_services=self.swap_services,
            swap_book=self.swap_book,
            follow_ups=self.follow_ups,
            cards=self.cards,
            clock=self.clock,
        )

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(
            store=self.storage.tickets,
            executors=self.execution.executors,
            claims=self.execution.claims,
            permits=self.locks,
            cards=self.cards,
            clock=self.clock,
            entropy=self.entropy,
            spawner=self.spawner,
        )

    @cached_property
    def protection(self) -> Protection:
        return Protection(
            factors=self.storage.factors,
            questions=self.questions,
            tickets=self.tickets,
            clock=self.clock,
            entropy=self.entropy,
        )

    @cached_property
    def renewals(self) -> QuoteRenewals:
        return QuoteRenewals(quoting=self.quoting, accounts=self.accounts, tickets=self.tickets)

    @cached_property
    def panic(self) -> Panic:
        return Panic(exchanges=self.exchanges, store=self.storage.accounts, tickets=self.tickets, clock=self.clock)

    @cached_property
    def forgetting(self) -> Forgetting:
        storage = self.storage
        return Forgetting(
            store=storage.forgetting,
            accounts=storage.accounts,
            tickets=storage.tickets,
            exports=storage.exports,
            files=storage.export_files,
            people=self.people,
        )
