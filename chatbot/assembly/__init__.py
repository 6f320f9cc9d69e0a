"""The services, put together over what is open."""

from chatbot.assembly.linking import linking_accounts
from chatbot.assembly.parts import Parts, Program

__all__ = ["Parts", "Program", "linking_accounts"]
