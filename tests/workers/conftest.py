"""The house of the services, for the workers that look after it."""

from tests.services.conftest import account, clock, exchange, house, quiet, storage

__all__ = ["account", "clock", "exchange", "house", "quiet", "storage"]
