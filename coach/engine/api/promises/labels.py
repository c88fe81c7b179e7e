"""What the trader says of single trades, what they are asked, and how well the tags agree."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from typing import TYPE_CHECKING, cast, get_args

from coach.engine.api import sight
from coach.engine.api.conclusions.due import conclude_due
from coach.engine.api.promises.questions import styles
from coach.engine.digest.week import span, week_at
from coach.engine.statistics import agreement
from coach.engine.store import insights, trades
from coach.engine.store.promises import labels as store
from coach.errors import AmbiguousId, Invalid, NotFound
from coach.model.conclusions.answer_events import LabelGiven, LabelRemoved
from coach.model.labels import Answer, Label, Question
from coach.model.machine.audit import AuditEntry
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coach.engine.api.session import Session
    from coach.model.events import Json
    from coach.model.insights import Bias, Tag
    from coach.model.labels import LabelShare, ProbeReply
    from coach.model.trades import RoundTrip, TradeId

ASKED_A_WEEK = 2
FEWEST_LETTERS = 4
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with the trade that it is about."""

    question: Question
    trip: RoundTrip


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well a detector's tags agree with the trader's own answers."""

    precision: LabelShare | None
    recall: LabelShare | None


def trade_named(session: Session, beginning: str) -> RoundTrip:
    """Return the one trade whose id begins so; NotFound or UsageError where there is not one."""
    if len(beginning) < FEWEST_LETTERS:
        allowed = f"the first {FEWEST_LETTERS} letters of its id or more"
        raise Invalid("trade", f"not {beginning!r}", allowed, remedy="list_trades")
    found = trades.named(session.connection, session.user.id, beginning)
    if not found:
        raise NotFound(kind="trade", name=beginning)
    if len(found) > 1:
        raise AmbiguousId("trade", beginning)
    return found[0]


def bias_named(session: Session, name: str) -> Bias:
    """Return the bias of that name; NotFound names those there are."""
    if not sight.is_bias(session, name):
        names = ", ".join(sight.bias_names(session))
        raise NotFound(f"the biases are {names}", kind="bias", name=name)
    return name


def label(session: Session, trade: str, bias: str, answer: str, reason: str = "") -> Label:
    """Keep the answer to "was this trade that?"; a later answer takes the place of an earlier.

    The same answer once more at the same moment changes nothing; later it counts as newly given.
    """
    chosen, trip = bias_named(session, bias), trade_named(session, trade)
    if answer not in get_args(Answer):
        raise Invalid("answer", f"not {answer!r}", "yes, no or unsure")
    if len(reason) > LONGEST_REASON:
        allowed = f"at most {LONGEST_REASON} letters"
        raise Invalid("reason", f"not {len(reason)}", allowed, hint="say it shorter")
    conclude_due(session)
    connection, user_id = session.connection, session.user.id
    with sight.change(session) as events:
        asked = [
            question.inclusion
            for question in store.questions(connection, user_id)
            if (question.trade_id, question.bias) == (trip.id, chosen)
        ]
        given = Label(
            trade_id=trip.id,
            bias=chosen,
            answer=cast("Answer", answer),
            tagged=chosen in insights.tagged(connection, user_id).get(trip.id, ()),
            inclusion=min(asked, default=1.0),
            labelled_at=session.clock(),
            reason=reason,
        )
        before = store.find(connection, user_id, trip.id, chosen)
        if before == given:
            return given
        store.put(connection, user_id, given)
        events.append(LabelGiven(trade_id=trip.id, bias=chosen, answer=given.answer))
        said: dict[str, Json] = {"bias": chosen, "answer": answer}
        sight.audit(session, AuditEntry("label.given", trip.id, said))
        kept = store.find(connection, user_id, trip.id, chosen)
    assert kept is not None
    return kept


def remove(session: Session, trade: str, bias: str) -> Label:
    """Take back what was said of a trade and a habit, and return it; NotFound for nothing said."""
    chosen, trip = bias_named(session, bias), trade_named(session, trade)
    connection, user_id = session.connection, session.user.id
    with sight.change(session) as events:
        given = store.find(connection, user_id, trip.id, chosen)
        if given is None:
            raise NotFound(kind="label", name=f"{trip.id} {chosen}")
        store.remove(connection, user_id, trip.id, chosen)
        events.append(LabelRemoved(trade_id=trip.id, bias=chosen))
        sight.audit(session, AuditEntry("label.removed", trip.id, {"bias": chosen}))
    return given


def labels(session: Session) -> list[Label]:
    """Return every answer about a trade that there is, oldest first."""
    return store.labels(session.connection, session.user.id)


def labels_of_gone_trades(session: Session) -> list[Label]:
    """Return the answers about trades that are gone: kept, but counted nowhere."""
    return store.labels(session.connection, session.user.id, of_gone_trades=True)


def questions(session: Session) -> list[QuestionView]:
    """Return the open questions of the newest week that is over and had an entry.

    For each bias with tags, two random trades of that week without the tag: drawn once by the
    user and the week, and kept, however often it is asked. None are drawn of an account that the
    trader confirmed to be a bot or a copy: no habit is looked for there.
    """
    week = asked_week(session)
    if week is None or any(one.reason.kind == "machine" for one in styles(session)):
        return []
    connection, user_id = session.connection, session.user.id
    with sight.change(session):
        store.ask(connection, user_id, _drawn(session, week))
        waiting = [one for one in store.questions(connection, user_id, week) if not one.answered_at]
    trips = {trip.id: trip for trip in trades.listed(connection, user_id, _ids(waiting))}
    return [QuestionView(one, trips[one.trade_id]) for one in waiting if one.trade_id in trips]


def _ids(asked: Iterable[Question]) -> list[TradeId]:
    return [one.trade_id for one in asked]


def asked_week(session: Session) -> str | None:
    """Return the newest week that is over and in which a trade was opened."""
    running = span(week_at(session.clock(), session.user.zone), session.user.zone)[0]
    opened = trades.newest_entry(session.connection, session.user.id, running)
    return None if opened is None else week_at(opened, session.user.zone)


def _drawn(session: Session, week: str) -> list[Question]:
    connection, user_id = session.connection, session.user.id
    asked = {one.bias for one in store.questions(connection, user_id, week)}
    answered = {(one.trade_id, one.bias) for one in store.labels(connection, user_id)}
    tagged = insights.tagged(connection, user_id)
    start, end = span(week, session.user.zone)
    entered = [
        trip.id
        for trip in trades.touching(connection, user_id, start, end)
        if trip.opened_at >= start
    ]
    drawn = []
    for bias in sorted({bias for biases in tagged.values() for bias in biases} - asked):
        free = [
            trade
            for trade in entered
            if bias not in tagged.get(trade, ()) and (trade, bias) not in answered
        ]
        seed = f"{user_id}|{week}|{bias}|"
        ranked = sorted((_rank(seed, trade), trade) for trade in free)
        chosen = [trade for _, trade in ranked[:ASKED_A_WEEK]]
        inclusion = min(1.0, ASKED_A_WEEK / max(1, len(free)))
        drawn += [Question(week, trade, bias, inclusion, session.clock()) for trade in chosen]
    return drawn


def _rank(seed: str, trade: TradeId) -> bytes:
    return sha256(f"{seed}{trade}".encode()).digest()


def agreements(session: Session) -> dict[Bias, Agreement]:
    """Return how well the tags of each bias agree with the answers; empty without answers."""
    connection, user_id = session.connection, session.user.id
    given = store.labels(connection, user_id)
    if not given:
        return {}
    conclude_due(session)
    replies, asked = store.answered(connection, user_id), store.asked(connection, user_id)
    tags = insights.tags(connection, user_id)
    found = {}
    for bias in sorted({label.bias for label in given}):
        precision = _precision([one for one in given if one.bias == bias])
        decided = [one for one in replies if one.bias == bias and one.answer != "unsure"]
        recall = None
        if precision is not None and decided:
            count = _tags_in({one.week for one in decided}, tags, bias, session.user.zone)
            answered = asked[bias].answered / asked[bias].asked
            recall = agreement.recall(
                agreement.TagPrecision(precision, count), _as_asked(decided), answered
            )
        found[bias] = Agreement(precision, recall)
    return found


def _precision(given: Sequence[Label]) -> LabelShare | None:
    counts: dict[Answer, int] = defaultdict(int)
    for one in given:
        counts[one.answer] += one.tagged
    return agreement.precision(counts["yes"], counts["no"])


def _as_asked(decided: Iterable[ProbeReply]) -> list[agreement.UntaggedAnswer]:
    return [agreement.UntaggedAnswer(one.answer == "yes", one.inclusion) for one in decided]


def _tags_in(weeks: set[str], tags: Iterable[Tag], bias: Bias, zone: str) -> int:
    spans = [span(week, zone) for week in weeks]
    tagged = {
        tag.trade_id
        for tag in tags
        if tag.bias == bias and any(start <= tag.at < end for start, end in spans)
    }
    return len(tagged)
