"""Digests: the page of one week, and the proof that it can be made again byte for byte."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.money.base_currency import currency_named
from coach.engine.api.money.digest_rates import rate_reader
from coach.engine.digest import asked, pack, render, screen
from coach.engine.digest.page.chart import whole_svg
from coach.engine.digest.page.html import html
from coach.engine.digest.week import span, week_at, week_before, week_named
from coach.engine.digest.words import FOOTNOTE, DigestLine, DigestTable, Page, Section
from coach.engine.history.known_findings import inputs_sha256
from coach.engine.store import candle_use, digests, fills
from coach.engine.store.promises import checks, commitments, experiments
from coach.errors import Invalid, NotInitialised
from coach.model.notifications.events import DigestReady
from coach.values import dataclass

__all__ = [
    "FOOTNOTE",
    "DigestTable",
    "DigestView",
    "Page",
    "Section",
    "Verification",
    "digest",
    "verify",
]

if TYPE_CHECKING:
    from datetime import datetime

    from coach.engine.api.session import Session
    from coach.engine.digest.shape import Pack
    from coach.engine.reports.digest import DigestSources


@dataclass(frozen=True, slots=True)
class DigestView:
    """A digest in every form; all are functions of the pack."""

    week: str
    pack: Pack
    sha256: str
    text: str
    markdown: str
    html: str

    def words(self) -> Page:
        """Write the digest as sections of lines, each sentence once and without its evidence."""
        return screen.words(self.pack)

    def page(self, next_step: str, columns: int) -> str:
        """Write the digest for a terminal, with the face's next step, without its evidence."""
        step = Section("Next step", (DigestLine(next_step),))
        return screen.page(self.pack, step, columns)

    def evidence(self, columns: int) -> str:
        """Write what the figures rest on, for a terminal."""
        return screen.evidence(self.pack, columns)

    def svg(self) -> str:
        """Draw the charts of the week, in one file."""
        return whole_svg(self.pack)

    def png(self) -> bytes:
        """Return the same charts as a picture of pixels."""
        from coach.engine.reports.chart_png import png

        return png(self.svg())


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a week's digest was made again byte for byte, and what differs otherwise."""

    week: str
    ok: bool
    stored: str
    recomputed: str
    reason: str


def digest(session: Session, week: str | None = None) -> DigestView:
    """Return the week's digest: the stored one, or a new one.

    The stored one is returned while all of its inputs are the same. A new one is stored, and an
    event announces it where its bytes differ.
    """
    chosen = _chosen(session, week)
    kept = _read_back(session, chosen)
    return _view(chosen, _make(session, chosen) if kept is None else kept)


def look(session: Session, week: str | None = None, currency: str = "") -> DigestView:
    """Return the week's digest as `digest` does; this only reads, and a new one is kept nowhere.

    Another currency than the user's base currency may be named for this once.
    """
    from coach.engine.reports.digest import make

    if currency:
        named = currency_named(currency)
        session = replace(session, user=replace(session.user, base_currency=named))
    chosen = _chosen(session, week)
    kept = _read_back(session, chosen)
    if kept is not None:
        return _view(chosen, kept)
    sources = _sources(session)
    until = _checks_until(session, chosen)
    with sight.reading(session):
        made = make(session.connection, session.user, chosen, sources, until)
    return _view(chosen, made.pack)


def _chosen(session: Session, week: str | None) -> str:
    """Return the week that is meant; Invalid for one that has not begun."""
    chosen = newest_week(session) if week is None else week_named(week)
    if week is not None and span(chosen, session.user.zone)[0] > session.clock():
        allowed = "a week that has begun"
        raise Invalid("week", f"not {chosen}", allowed, remedy="take_newest_week")
    return chosen


def _history_sha256(session: Session, week: str) -> str:
    """Return the hash of all inputs of a week's digest; empty where it is not known."""
    found = inputs_sha256(session.connection, session.user, sight.scope(session))
    connection, user_id, end = session.connection, session.user.id, _end(session, week)
    standing = [
        f"{one.id} {one.rule_id}"
        for one in commitments.signed(connection, user_id)
        if one.stood_at(end)
    ]
    said = f"{_checks_until(session, week)} {checks.state(connection, user_id, end)} {standing}"
    if session.user.base_currency:
        said += f" in {session.user.base_currency}"
    formulas = f"{pack.DIGEST_FORMULA} {pack.WEEK_FORMULA} {pack.TRADES_FORMULA}"
    return sha256(f"{formulas} {found} {said}".encode()).hexdigest() if found else ""


def _checks_until(session: Session, week: str) -> datetime:
    """Return up to when fills after checks are known: all of a week that is over."""
    start, end = span(week, session.user.zone)
    if end <= session.clock():
        return end
    return min(experiments.known_until(session.connection, session.user.id) or start, end)


def _end(session: Session, week: str) -> datetime:
    return span(week, session.user.zone)[1]


def _read_back(session: Session, week: str) -> Pack | None:
    """Return the stored pack of a week where its inputs are the same and its hash is right."""
    kept = digests.find(session.connection, session.user.id, week)
    if (
        kept is None
        or not kept.history_sha256
        or kept.history_sha256 != _history_sha256(session, week)
    ):
        return None
    found = pack.read(kept.pack)
    return found if pack.sha256(found) == kept.pack_sha256 else None


def _make(session: Session, week: str) -> Pack:
    from coach.engine.jobs.run import job_run
    from coach.engine.periodic.orders import digest_order
    from coach.engine.reports.digest import keep, make

    job = digest_order(week, is_over=span(week, session.user.zone)[1] <= session.clock())
    with (
        job_run(session.connection, session.user.id, job, session.clock) as running,
        sight.change(session) as events,
    ):
        inputs = _history_sha256(session, week)
        written = make(
            session.connection,
            session.user,
            week,
            _sources(session),
            _checks_until(session, week),
        )
        if _history_sha256(session, week) == inputs:
            written = replace(written, history_sha256=inputs)
        if keep(session.connection, session.user, week, written, session.clock()):
            events.append(DigestReady(week=week, sha256=pack.sha256(written.pack)))
        running.finish({"week": week, "sha256": pack.sha256(written.pack)})
    return written.pack


def _sources(session: Session) -> DigestSources:
    from coach.engine.reports.digest import DigestSources

    rates = rate_reader(session, session.user.base_currency)
    return DigestSources(sight.reader(session), sight.guests(session), rates)


def _view(week: str, made: Pack) -> DigestView:
    return DigestView(
        week=week,
        pack=made,
        sha256=pack.sha256(made),
        text=render.text(made),
        markdown=render.markdown(made),
        html=html(made),
    )


def verify(session: Session, week: str | None = None) -> Verification:
    """Make the week's digest anew and compare it with the one that was kept.

    Of candles it reads the very snapshots that the kept one was made with, and weeks are cut in the
    zone that it was made in; the numbers are always computed. A digest that an earlier formula made
    is held against its inputs: other numbers are no fault of it.
    """
    from coach.engine.reports.digest import DigestSources, make, rates_used_by, used_by

    chosen = newest_week(session) if week is None else week_named(week)
    kept = digests.find(session.connection, session.user.id, chosen)
    stored = digest(session, chosen).pack if kept is None else pack.read(kept.pack)
    used = candle_use.snapshots(session.connection, session.user.id, used_by(chosen))
    base = stored.get("base_currency", "")
    user = replace(session.user, zone=stored["period"]["zone"], base_currency=base)
    rates = candle_use.snapshots(session.connection, session.user.id, rates_used_by(chosen))
    sources = DigestSources(
        sight.recaller(session, used), sight.guests(session), rate_reader(session, base, rates)
    )
    with sight.reading(session):
        until = asked.known_until(stored)
        made = make(session.connection, user, chosen, sources, until).pack
    if kept is not None and pack.sha256(stored) != kept.pack_sha256:
        differing, reason = ["bytes"], "the kept digest is not what was hashed when it was made"
    else:
        differing = pack.unexplained(stored, made)
        reason = _reason(differing, pack.newer_formulas(stored, made), fresh=kept is None)
    return Verification(chosen, not differing, pack.sha256(stored), pack.sha256(made), reason)


def _reason(differing: list[str], newer: list[str], *, fresh: bool) -> str:
    if differing:
        return f"what differs: {', '.join(differing)}"
    if newer:
        return f"made from the same inputs by earlier formulas ({'; '.join(newer)})"
    return "made now for the first time, and again: the same bytes" if fresh else "the same bytes"


def newest_week(session: Session) -> str:
    """Return the week of the newest fill, or the one before while that is not over."""
    _, first, last = fills.reach(session.connection, session.user.id, None)
    if first is None or last is None:
        raise NotInitialised
    week = week_at(last, session.user.zone)
    before = week_before(week)
    running = span(week, session.user.zone)[1] > session.clock()
    return before if running and week_at(first, session.user.zone) <= before else week
