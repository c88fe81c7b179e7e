"""The runs of work that comes again: one for each period, whoever asks for it.

A period is an ISO week, a day, or some hours for the sync of an account. It stands in the request,
so that a worker, cron and a person who ask for the same work within it mean one run.
"""

import zlib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from coach.engine.jobs.run import JobOrder
from coach.engine.store.accounts import BrokerConnection
from coach.model.accounts import USUAL_SYNC_HOURS
from coach.model.times import EPOCH

if TYPE_CHECKING:
    from coach.model.events import Json

KEY_REFUSED = frozenset({"E_AUTH", "E_KEY_TOO_STRONG"})
"""What a broker's key is in trouble with that another try does not mend."""


def digest_order(week: str, *, is_over: bool = True) -> JobOrder:
    """Return the run that makes a week's digest; while the week goes on it is a run of its own."""
    return JobOrder(
        "digest.weekly", {"week": week} if is_over else {"week": week, "over": False}, week
    )


def send_order(channel: str, week: str, day: date) -> JobOrder:
    """Return the run that sends a week's digest by a channel, on a day of the user's zone."""
    request: dict[str, Json] = {"channel": channel, "week": week, "day": day.isoformat()}
    return JobOrder("send.digest", request, f"{week}, {channel}")


def calibration_order(week: str) -> JobOrder:
    """Return the run that calibrates a user's rules in a week of the user's zone."""
    return JobOrder("calibrate.rules", {"week": week}, week)


def score_order(day: date, newest: datetime | None) -> JobOrder:
    """Return the run that draws the conclusions that were left due, on a day in UTC.

    `newest` is when an import was last done or taken back: one run draws what each of them left.
    """
    moment = None if newest is None else newest.isoformat()
    return JobOrder("score.bias", {"day": day.isoformat(), "newest": moment}, f"{day}")


def fetch_order(day: date) -> JobOrder:
    """Return the run that fetches candles for the symbols of connected accounts on a day in UTC."""
    label = f"symbols of connected accounts, {day}"
    return JobOrder("fetch.candles", {"day": day.isoformat(), "of": "connected accounts"}, label)


def settle_order(day: date, ended: str | None) -> JobOrder:
    """Return the run that makes what was held back for a user, on a day of the user's zone.

    `ended` is the moment when the newest of the locks ended for which there is something to do.
    """
    return JobOrder("settle.promises", {"day": day.isoformat(), "ended": ended}, f"{day}")


def months_order(day: date) -> JobOrder:
    """Return the run that makes months for events, and takes old ones out, on a day in UTC."""
    return JobOrder("make.months", {"day": day.isoformat()}, f"{day}")


def purge_order(day: date) -> JobOrder:
    """Return the run that deletes what has expired, on a day in UTC."""
    return JobOrder("purge.expired", {"day": day.isoformat()}, f"{day}")


def prune_order(week: str) -> JobOrder:
    """Return the run that deletes candles that nothing refers to, in an ISO week of UTC."""
    return JobOrder("prune.candles", {"week": week}, week)


def sync_order(found: BrokerConnection, now: datetime) -> JobOrder:
    """Return the run that reads an account's broker in the present period."""
    begins = sync_begins(found, now)
    label = f"{found.broker} API, {found.account}"
    return JobOrder(
        "import.trades", {"account": found.account, "period": begins.isoformat()}, label
    )


def sync_begins(found: BrokerConnection, now: datetime) -> datetime:
    """Return when the present period of an account's syncs began.

    Each account has a minute of its own, so that not all of them are read at once.
    """
    length = timedelta(hours=found.sync_hours or USUAL_SYNC_HOURS)
    shift = timedelta(seconds=zlib.crc32(found.account.encode()) % int(length.total_seconds()))
    return EPOCH + shift + (now - EPOCH - shift) // length * length


def next_sync(found: BrokerConnection, now: datetime) -> datetime | None:
    """Return when an account's next period of syncs begins; None where it is not read by itself."""
    if found.sync_hours == 0 or found.trouble_code in KEY_REFUSED:
        return None
    return sync_begins(found, now) + timedelta(hours=found.sync_hours or USUAL_SYNC_HOURS)
