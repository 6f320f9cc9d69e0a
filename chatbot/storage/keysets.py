"""Going on in a long table where the last batch ended, without counting what lies before."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa


def within(
    moment: sa.ColumnElement[Any],
    key: sa.ColumnElement[Any],
    *,
    since: datetime | None,
    until: datetime,
    after: tuple[datetime, Any] | None,
) -> tuple[sa.ColumnElement[bool], ...]:
    """Rows from `since` until just before `until`, behind the row that `after` names by its moment and key."""
    begins = [] if since is None else [moment >= since]
    if after is not None:
        at, last = after
        begins += [moment >= at, sa.or_(moment > at, key > last)]
    return (*begins, moment < until)
