"""Whether somebody does what is queued, and reads the accounts that are read by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coach.engine.api.keys.check import Check
from coach.engine.periodic.orders import KEY_REFUSED
from coach.engine.store import accounts, health
from coach.engine.store.queue import depth, workers
from coach.model.accounts import USUAL_SYNC_HOURS
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.session import Session

PERIODS_MISSED = 3
"""An account that was not read for so many of its periods is read by nobody."""


def work_checks(session: Session) -> Iterator[Check]:
    """Yield a check where jobs wait for no worker, and one for each account that nobody reads."""
    connection, now = session.connection, session.clock()
    waiting = depth.count_waiting(connection, now)
    if waiting and not workers.any_alive(connection):
        detail = f"{counted(waiting, 'job waits', 'jobs wait')}, and no worker is alive to do them"
        yield Check("worker", "warning", detail, remedy="start_worker")
    yield from _unread_accounts(session)


def _unread_accounts(session: Session) -> Iterator[Check]:
    if not session.sync_auto:
        return
    now = session.clock()
    last = {
        one.account: one.last_import
        for one in health.accounts(session.connection, session.user.id, now)
    }
    for found in accounts.connected(session.connection, session.user.id):
        read = last.get(found.account)
        if read is None or found.sync_hours == 0 or found.trouble_code in KEY_REFUSED:
            continue
        hours = found.sync_hours or USUAL_SYNC_HOURS
        if now - read > timedelta(hours=hours * PERIODS_MISSED):
            days = (now - read) / timedelta(days=1)
            detail = (
                f"account {found.account} was last read {days:.1f} days ago, and is to be read"
                f" every {hours} hours"
            )
            yield Check("reading", "warning", detail, remedy="start_worker")
