"""Ids that cannot be swapped by accident."""

from typing import NewType

PersonId = NewType("PersonId", int)
"""A person's numeric id at the messenger. Names are never identity."""

ChatId = NewType("ChatId", int)
"""A chat's numeric id at the messenger; a person's private chat has the person's own number."""

MessageId = NewType("MessageId", int)
"""A message's number, unique within its chat."""

AccountId = NewType("AccountId", int)
"""A linked exchange account."""

TicketId = NewType("TicketId", str)
"""A confirmation ticket; random, so that it cannot be guessed."""

DialogueId = NewType("DialogueId", str)
"""A guided question-and-answer in progress; random."""

MarketCode = NewType("MarketCode", str)
"""The exchange's code of a market in upper case, such as `BTCUSDT`."""

OrderNumber = NewType("OrderNumber", int)
"""The exchange's number of an order."""

ClientId = NewType("ClientId", int)
"""Our own mark on an order: positive, 31 bit, never reused. The exchange echoes it."""

LimitChangeId = NewType("LimitChangeId", int)
"""A change of a limit, as it was written down."""

SwapId = NewType("SwapId", int)
"""A swap that is followed here; n.exchange knows it by its reference."""

AliasId = NewType("AliasId", int)
"""A withdrawal alias of an account."""

AlertId = NewType("AlertId", int)
"""An alert. Not secret: whoever taps a button must have a say in the alert's chat."""

BoardId = NewType("BoardId", int)
"""A board in some place."""

DigestId = NewType("DigestId", int)
"""A daily digest in some place."""

ExportId = NewType("ExportId", int)
"""A file that is being put together for a person."""

SubAccountId = NewType("SubAccountId", int)
"""The name of a sub-account that somebody asked for."""
