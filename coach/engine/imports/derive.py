"""From fills to trades to conclusions; always from the stored data alone.

What draws conclusions is loaded where they are drawn.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from coach.engine.history.departed import departed
from coach.engine.history.inputs import DEFAULT_INPUTS
from coach.engine.history.known import gather, known
from coach.engine.history.known_findings import surroundings_sha256
from coach.engine.history.renamed_books import renamed_otherwise, with_families
from coach.engine.history.split_books import split_otherwise
from coach.engine.imports.fee_values import FeeScope, value_fees
from coach.engine.imports.leave_due import BooksToKeep, leave_due
from coach.engine.imports.match import match_stored
from coach.engine.imports.order_guesses import describe_guesses
from coach.engine.imports.overlaps.told_twice import count_told_once
from coach.engine.imports.trade_changes import MatchedBooks
from coach.engine.jobs.collector import no_collector
from coach.engine.jobs.second_thread import second_thread
from coach.engine.promises import judge
from coach.engine.promises.questions import ask
from coach.engine.store import accounts, conclusions, fee_values, fills, trades
from coach.engine.store.entries.renames import account_renames, renames
from coach.engine.store.entries.splits import splits
from coach.engine.store.promises import rules
from coach.engine.store.results import matched_books
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg import Connection

    from coach.engine.conclusions.conclude import ConclusionInputs, Conclusions
    from coach.engine.conclusions.scoring_result import ScoringResult
    from coach.engine.history.inputs import AnalysisInputs, CloseReader
    from coach.engine.imports.match import IncrementalMatching, Matching
    from coach.engine.jobs.second_thread import SecondThread
    from coach.model.accounts import Account, User, UserId
    from coach.model.entries.renames import Rename
    from coach.model.fills import Symbol
    from coach.model.trades import Trip


@dataclass(frozen=True, slots=True)
class TouchedBooks:
    """Books whose fills changed."""

    account: Account
    symbols: Sequence[Symbol]


def derive(
    connection: Connection[Any],
    user: User,
    touched: TouchedBooks,
    while_reading: IncrementalMatching | None = None,
    analysis: AnalysisInputs = DEFAULT_INPUTS,
) -> ScoringResult:
    """Make the touched books' trades anew from their fills, then score the whole history.

    A large history is scored by the next look. The trades are written by a second thread while the
    first one computes: writing waits for the server, computing does not need the connection.
    """
    account, symbols = touched.account, touched.symbols
    with no_collector(), second_thread() as writer:
        scope = FeeScope(user.id, account.id, symbols)
        value_fees(connection, scope, analysis.read_closes)
        matchings = _matchings(connection, user.id, touched, while_reading)
        _keep_turns(connection, user.id, account, matchings)
        guesses = {matching.symbol: matching.guesses for matching in matchings}
        if fills.more_than(connection, user.id, analysis.scored_at_once):
            books = _to_keep(connection, user.id, touched, matchings, while_reading)
            scored = leave_due(connection, user, books, analysis.read_market, writer)
            return replace(scored, warnings=tuple(describe_guesses(guesses)))
        scored = _score(connection, user, touched, matchings, analysis, writer)
        return replace(scored, warnings=(*describe_guesses(guesses), *scored.warnings))


def _score(
    connection: Connection[Any],
    user: User,
    touched: TouchedBooks,
    matchings: Sequence[Matching],
    analysis: AnalysisInputs,
    writer: SecondThread,
) -> ScoringResult:
    """Write the trades, and draw all conclusions meanwhile.

    Which of them are over by their coins is known once they are written: where that changes, the
    conclusions are drawn again.
    """
    from coach.engine.conclusions.conclude import ConclusionInputs, conclude

    surroundings = surroundings_sha256(connection, user, analysis.scope)
    stored = _trips_beside(connection, user.id, touched, matchings)
    trips = list(chain(*(matching.trips for matching in matchings), stored))
    beside = gather(connection, user, trips, analysis.read_market)
    promised = rules.rules(connection, user.id)
    writer.begin(lambda: _keep_books(connection, user.id, touched, matchings))
    asked = ConclusionInputs(promised, user.zone, analysis, beside.trouble, surroundings)
    concluded = (analysis.concluder or conclude)(beside.of(trips), asked)
    writer.wait()
    left = departed(connection, user.id)
    if left != beside.trader.departed:
        beside = replace(beside, trader=replace(beside.trader, departed=left))
        concluded = (analysis.concluder or conclude)(beside.of(trips), asked)
    scored = _keep(connection, user, concluded, asked)
    late = judge.hold_by_open_profit(connection, user, analysis.read_market, promised)
    return replace(scored, new_breaches=(*scored.new_breaches, *late))


def _to_keep(
    connection: Connection[Any],
    user_id: UserId,
    touched: TouchedBooks,
    matchings: Sequence[Matching],
    while_reading: IncrementalMatching | None,
) -> BooksToKeep:
    first_new = while_reading.first_new if while_reading else {}
    return BooksToKeep(
        MatchedBooks(touched.account.id, touched.symbols, matchings, first_new),
        lambda: _trips_beside(connection, user_id, touched, matchings),
        lambda: _keep_books(connection, user_id, touched, matchings),
    )


def _keep_turns(
    connection: Connection[Any], user_id: UserId, account: Account, matchings: Sequence[Matching]
) -> None:
    """Keep the order within instants, before anything reads the fills in their order."""
    turns = {key: turn for matching in matchings for key, turn in matching.turns.items()}
    if turns:
        fills.set_turns(connection, user_id, account.id, turns)


def _matchings(
    connection: Connection[Any],
    user_id: UserId,
    touched: TouchedBooks,
    while_reading: IncrementalMatching | None,
) -> list[Matching]:
    found: list[Matching] = []
    told: tuple[Rename, ...] = ()
    valued = fee_values.valued_books(connection, user_id, touched.account.id)
    if while_reading is None:
        told = account_renames(connection, user_id, touched.account.id)
    for symbol in touched.symbols:
        matching = while_reading.matched(symbol) if while_reading else None
        if symbol in valued:  # what was read tells the coin of a fee, not its value
            matching = None
        if matching is None and while_reading is not None:
            matching = while_reading.match(connection, touched.account, symbol)
        elif matching is None:
            matching = match_stored(connection, user_id, touched.account, symbol, told)
        if matching is not None:
            found.append(matching)
    return found


def _trips_beside(
    connection: Connection[Any],
    user_id: UserId,
    touched: TouchedBooks,
    matchings: Sequence[Matching],
) -> Iterator[Trip]:
    """Yield the stored trips that stay: of other books, and what ended before a book went on."""
    resumed = {one.symbol: one.resumed for one in matchings if one.resumed is not None}
    anew = [symbol for symbol in touched.symbols if symbol not in resumed]
    gone = [trade for ends in resumed.values() for trade in ends.trades]
    return trades.trips(connection, user_id, touched.account.id, anew, gone)


def _keep_books(
    connection: Connection[Any],
    user_id: UserId,
    touched: TouchedBooks,
    matchings: Sequence[Matching],
) -> None:
    account_id = touched.account.id
    resumed = {one.symbol: one.resumed for one in matchings if one.resumed is not None}
    anew = [symbol for symbol in touched.symbols if symbol not in resumed]
    trades.forget(connection, user_id, account_id, anew)
    for symbol, ends in resumed.items():
        matched_books.forget_ends(connection, user_id, account_id, symbol, ends)
    for matching in matchings:
        book = matching.book
        trades.add(connection, matching.lines)
        matched_books.keep(
            connection, user_id, account_id, matching.symbol, matching.ended(touched.account)
        )
        positions = [*book.positions("fifo"), *book.positions("average")]
        trades.add_positions(connection, user_id, account_id, positions)
        trades.add_unknown(connection, user_id, account_id, book.unknown)


def match_changed_books(
    connection: Connection[Any], user_id: UserId, read_closes: CloseReader
) -> None:
    """Match the books anew whose fees are worth something else now, or that are stale.

    A book is stale where an earlier coach left it without what is shown of it today, such as its
    splits and renames.
    """
    stale = trades.stale_books(connection, user_id)
    changed = value_fees(connection, FeeScope(user_id), read_closes)
    every = accounts.accounts(connection, user_id)
    for account in every:
        count_told_once(connection, user_id, account.id)
    told, renamed = splits(connection, user_id), renames(connection, user_id)
    for account in every:
        now = {name: each for name, each in told.items() if name[0] == account.id}
        symbols = {*stale.get(account.id, ()), *changed.get(account.id, ())}
        if now:
            symbols |= split_otherwise(connection, user_id, account.id, now)
        own = renamed.get(account.id, ())
        if own:
            symbols |= renamed_otherwise(connection, user_id, account.id, own)
            symbols, _ = with_families(symbols, own, {})
        if symbols:
            touched = TouchedBooks(account, sorted(symbols))
            matchings = _matchings(connection, user_id, touched, None)
            _keep_turns(connection, user_id, account, matchings)
            _keep_books(connection, user_id, touched, matchings)


def conclude_anew(
    connection: Connection[Any], user: User, analysis: AnalysisInputs = DEFAULT_INPUTS
) -> ScoringResult:
    """Draw all conclusions again: after a plan, the money or the candles changed.

    Fees in third coins are valued anew before, and the books are matched anew in which that changes
    anything, or that an earlier coach matched.
    """
    from coach.engine.conclusions.conclude import ConclusionInputs, conclude

    match_changed_books(connection, user.id, analysis.read_closes)
    surroundings = surroundings_sha256(connection, user, analysis.scope)
    past, trouble = known(connection, user, analysis.read_market)
    promised = rules.rules(connection, user.id)
    asked = ConclusionInputs(promised, user.zone, analysis, trouble, surroundings)
    concluded = (analysis.concluder or conclude)(past, asked)
    return _keep(connection, user, concluded, asked)


def _keep(
    connection: Connection[Any], user: User, concluded: Conclusions, asked: ConclusionInputs
) -> ScoringResult:
    """Keep what was concluded, ask the question that is due, and return what is new."""
    from coach.engine.conclusions.conclude import keep_conclusions, keep_findings

    scored = keep_conclusions(connection, user, concluded)
    conclusions.note_drawn(connection, user.id)
    keep_findings(connection, user, concluded, asked)
    if concluded.blind:
        return scored
    return replace(scored, asked=ask(connection, user.id, concluded.findings, concluded.as_of))
