"""Every button there is. A payload names a stored record or something public, never an amount or a person."""

from handlers.actions.accounts import *  # noqa: F403
from handlers.actions.alerts import *  # noqa: F403
from handlers.actions.conversions import *  # noqa: F403
from handlers.actions.history import *  # noqa: F403
from handlers.actions.markets import *  # noqa: F403
from handlers.actions.orders import *  # noqa: F403
from handlers.actions.portfolio import *  # noqa: F403
from handlers.actions.routes import *  # noqa: F403
from handlers.actions.safety import *  # noqa: F403
from handlers.actions.sessions import *  # noqa: F403
from handlers.actions.settings import *  # noqa: F403
from handlers.actions.shortcuts import *  # noqa: F403
from handlers.actions.swaps import *  # noqa: F403
from handlers.actions.tickets import *  # noqa: F403
