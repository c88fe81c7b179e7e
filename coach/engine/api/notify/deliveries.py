"""Sending a digest: once by each channel, never in its quiet hours, at most once a day.

Before a message goes out it is kept that it will, and afterwards what became of it. Whoever is
killed in between leaves a message of which nobody knows: it is sent again, under the same id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.notify.channels import channel_named, channels
from coach.engine.digest import pack as packs
from coach.engine.digest.page.chart import charts, whole_svg
from coach.engine.features.zones import zone_named
from coach.engine.jobs.run import job_run
from coach.engine.keyring.secrets import open_secret
from coach.engine.notify.failure import SendFailure
from coach.engine.notify.letter import digest_letter, trial_letter
from coach.engine.notify.send import send
from coach.engine.periodic.orders import send_order
from coach.engine.store import digests
from coach.engine.store.imports.runs import run_id
from coach.engine.store.notifications import channels as channel_store
from coach.engine.store.notifications import deliveries as store
from coach.errors import (
    AmbiguousId,
    AuthenticationFailed,
    BrokerTrouble,
    CoachError,
    KekUnavailable,
    Locked,
    NotFound,
    SealBroken,
    TryLater,
)
from coach.model.notifications.channels import MOST_SENDINGS, Delivery
from coach.model.notifications.events import DigestSent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Literal

    from coach.engine.api.session import Session
    from coach.engine.digest.shape import Pack
    from coach.engine.notify.letter import Letter
    from coach.model.events import Json
    from coach.model.notifications.channels import NotifyChannel, QuietHours, SendFault

    Standing = Literal["due", "sent", "quiet", "today", "given_up"]

TROUBLE: Mapping[SendFault, type[CoachError]] = {"down": TryLater, "login": AuthenticationFailed}
FEWEST_LETTERS = 4
MOST_LOGGED = 100


@dataclass(frozen=True, slots=True)
class SendingOutcome:
    """What became of a digest on one channel.

    due: it was tried now · sent: the channel has it already · quiet: it is quiet there now ·
    today: the channel had a digest today · given_up: it failed too often.
    """

    channel: str
    standing: Standing
    delivery: Delivery | None


def send_digest(session: Session, week: str) -> list[SendingOutcome]:
    """Send the kept digest of a week by every channel that has not had it.

    What fails on one channel is in its outcome, and stops no other.
    """
    found = []
    for channel in channels(session):
        try:
            found.append(send_by(session, channel.name, week))
        except (AuthenticationFailed, BrokerTrouble, Locked, TryLater):
            kept = store.find(session.connection, session.user.id, delivery_id(channel.name, week))
            found.append(SendingOutcome(channel.name, "due", kept))
    return found


def send_by(session: Session, name: str, week: str) -> SendingOutcome:
    """Send the kept digest of a week by one channel where it is time.

    TryLater, AuthenticationFailed or BrokerTrouble where that fails.
    """
    channel = channel_named(session, name)
    pack = _kept(session, week)
    order = send_order(name, week, session.clock().astimezone(zone_named(session.user.zone)).date())
    with job_run(session.connection, session.user.id, order, session.clock) as running:
        id_ = delivery_id(name, week)
        known = store.find(session.connection, session.user.id, id_)
        standing = _standing(session, channel, known)
        made = known
        if standing == "due":
            made = _send(session, channel, _letter(session, pack, known, id_))
            refuse_failed(made)
        running.finish(_result(standing, made))
    return SendingOutcome(name, standing, made)


def send_again(session: Session, beginning: str) -> Delivery:
    """Send a digest once more, at whatever time, as a person asks; its trouble where that fails."""
    known = delivery_named(session, beginning)
    channel = channel_named(session, known.channel)
    pack = _kept(session, known.week)
    made = _send(session, channel, _letter(session, pack, known, known.id))
    refuse_failed(made)
    return made


def send_test(session: Session, name: str) -> Delivery:
    """Send a test by a channel, at whatever time; its trouble where that fails."""
    channel = channel_named(session, name)
    now = session.clock()
    id_ = run_id("notification", "test", name, now.isoformat())
    made = _send(session, channel, trial_letter(id_, now))
    refuse_failed(made)
    return made


def log(session: Session, most: int = MOST_LOGGED) -> list[Delivery]:
    """Return the newest messages, oldest first."""
    return store.newest(session.connection, session.user.id, most)


def delivery_named(session: Session, beginning: str) -> Delivery:
    """Return the one digest on a channel whose id begins so; NotFound or AmbiguousId else."""
    found = []
    if len(beginning) >= FEWEST_LETTERS:
        found = store.beginning_with(session.connection, session.user.id, beginning)
    if len(found) > 1:
        raise AmbiguousId("delivery", beginning)
    if not found or found[0].kind != "digest":
        raise NotFound(kind="delivery", name=beginning)
    return found[0]


def delivery_id(channel: str, week: str) -> str:
    """Return the id that a week's digest has on a channel, however often it is sent."""
    return run_id("notification", "digest", channel, week)


def is_quiet(session: Session, quiet: QuietHours | None) -> bool:
    """Say whether nothing is sent now, where the user's clocks stand."""
    local = session.clock().astimezone(zone_named(session.user.zone))
    return quiet is not None and quiet.hold(local)


def _standing(session: Session, channel: NotifyChannel, known: Delivery | None) -> Standing:
    if known is not None and known.state == "sent":
        return "sent"
    if known is not None and known.tries >= MOST_SENDINGS:
        return "given_up"
    if is_quiet(session, channel.quiet):
        return "quiet"
    last = store.last_sent(session.connection, session.user.id, channel.name)
    zone = zone_named(session.user.zone)
    now = session.clock()
    is_today = last is not None and last.astimezone(zone).date() == now.astimezone(zone).date()
    return "today" if is_today else "due"


def _kept(session: Session, week: str) -> Pack:
    kept = digests.find(session.connection, session.user.id, week)
    if kept is None:
        raise NotFound(kind="digest", name=week)
    return packs.read(kept.pack)


def _letter(session: Session, pack: Pack, known: Delivery | None, id_: str) -> Letter:
    from coach.engine.reports.chart_png import png

    asked_at = session.clock() if known is None else known.asked_at
    picture = png(whole_svg(pack)) if charts(pack) else b""
    return digest_letter(pack, picture, id_, asked_at)


def _send(session: Session, channel: NotifyChannel, letter: Letter) -> Delivery:
    """Send one letter outside of any transaction, and keep what became of it."""
    connection, user_id, now = session.connection, session.user.id, session.clock()
    made = store.begin(connection, user_id, _about_to_go(channel, letter, now))
    failure = _sent(session, channel, letter)
    with sight.change(session) as events:
        told = None if failure is None else (failure.fault, failure.reason)
        kept = store.close(connection, user_id, made.id, session.clock(), told)
        if letter.kind == "digest":
            events.append(
                DigestSent(
                    channel=channel.name,
                    week=letter.week,
                    delivery_id=kept.id,
                    tries=kept.tries,
                    fault=kept.fault,
                )
            )
    return kept


def _sent(session: Session, channel: NotifyChannel, letter: Letter) -> SendFailure | None:
    place = channel_store.secret_of(session.user.id, channel)
    try:
        secret = open_secret(sight.keyring(session), session.connection, place)
    except (KekUnavailable, NotFound, SealBroken) as trouble:
        return SendFailure("sealed", str(trouble))
    try:
        return send(channel, secret, letter, session.clock())
    except CoachError as trouble:
        return SendFailure("down", str(trouble))


def _about_to_go(channel: NotifyChannel, letter: Letter, now: datetime) -> Delivery:
    return Delivery(
        id=letter.id,
        channel=channel.name,
        kind="digest" if letter.kind == "digest" else "test",
        week=letter.week,
        sha256=packs.sha256(packs.read(letter.pack)) if letter.pack else "",
        state="sending",
        tries=1,
        asked_at=letter.date,
        tried_at=now,
        sent_at=None,
        fault=None,
        reason="",
    )


def _result(standing: Standing, made: Delivery | None) -> Mapping[str, Json]:
    return {"standing": standing, "delivery": None if made is None else made.id}


def refuse_failed(made: Delivery) -> None:
    """Raise the trouble of a message that could not be sent."""
    if made.fault is None:
        return
    kind: type[CoachError] = TROUBLE.get(made.fault, BrokerTrouble)
    raise kind(remedy="mend_channel", broker=f"channel {made.channel}", reason=made.reason)
