"""Fills of random instants give the same trades in whatever order their files come."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.engine.api import imports, trades
from coach.engine.api.session import Session
from coach.engine.api.trades import TradeFilter
from coach.model.accounts import Run

Importer = Callable[..., Run]

examples = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ACCOUNTS = count(1)
BEGIN = "08:00 buy ADA-USD 1 @ 1"
END = "10:00 buy ADA-USD 1 @ 1"


class Piece(NamedTuple):
    """A fill of a random day: its minute, what it says, and its id or nothing."""

    minute: int
    words: str
    native_id: str

    def line(self, second: int = 0) -> str:
        return f"09:{self.minute:02}:{second:02} {self.words}{self.native_id}"


@st.composite
def days(draw: st.DrawFn) -> list[Piece]:
    ids = draw(st.sampled_from(["none", "hex", "some"]))
    minutes = sorted(draw(st.lists(st.integers(0, 4), min_size=4, max_size=9)))
    found = []
    for number, minute in enumerate(minutes):
        side = draw(st.sampled_from(["buy", "sell"]))
        symbol = draw(st.sampled_from(["SOL-USD", "SOL-USD", "ETH-USD"]))
        words = f"{side} {symbol} {draw(st.integers(1, 3))} @ {100 + number}"
        name = {"none": "", "hex": f" #{number}{'fe'[number % 2]}", "some": f" #t{number}"}[ids]
        found.append(Piece(minute, words, name if ids == "hex" or number % 2 else ""))
    return found


@st.composite
def files(draw: st.DrawFn) -> list[list[str]]:
    """Cut a day into files that may overlap, each in either direction."""
    day = [piece.line() for piece in draw(days())]
    cuts = []
    for _ in range(draw(st.integers(2, 4))):
        begin = draw(st.integers(0, len(day) - 1))
        part = day[begin : draw(st.integers(begin + 1, len(day)))]
        cuts.append(part[::-1] if draw(st.booleans()) else part)
    return cuts


def told(session: Session, account: str) -> list[tuple[object, ...]]:
    """Return the account's closed trades, its positions, and its fills in the ledger's order."""
    trips = [view.trip for view in trades.round_trips(session, TradeFilter(account=account))]
    rows = session.connection.execute(
        "select f.symbol, f.at, f.turn, f.side, f.quantity, f.price from fill f"
        " join account a on a.id = f.account_id where a.name = %s"
        " order by f.symbol, f.at, f.turn, f.side, f.quantity, f.price",
        [account],
    ).fetchall()
    return [
        *sorted((trip.symbol, trip.side, trip.gross, trip.fills) for trip in trips),
        *(
            (one.position.symbol, one.position.gross, one.position.open_quantity)
            for one in trades.profit(session).rows
            if one.account == account
        ),
        *rows,
    ]


def bring(
    imported: Importer, parts: Sequence[Sequence[str]], shorts: bool | None
) -> tuple[str, list[Run]]:
    account = f"account-{next(ACCOUNTS)}"
    return account, [imported(*part, account=account, shorts=shorts) for part in parts]


@examples
@given(files(), st.randoms(use_true_random=False), st.sampled_from([None, True, False]))
def test_files_in_any_order_make_the_same_trades(
    session: Session, imported: Importer, parts: list[list[str]], dice: object, shorts: bool | None
) -> None:
    shuffled = list(parts)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one, _ = bring(imported, parts, shorts)
    other, _ = bring(imported, shuffled, shorts)
    assert told(session, one) == told(session, other)


@examples
@given(files(), st.sampled_from([None, True, False]))
def test_an_undone_file_leaves_the_trades_of_the_others(
    session: Session, imported: Importer, parts: list[list[str]], shorts: bool | None
) -> None:
    one, _ = bring(imported, parts[1:], shorts)
    other, runs = bring(imported, parts, shorts)
    imports.undo(session, runs[0].id)
    if parts[0] not in parts[1:]:
        assert told(session, one) == told(session, other)


def closed_trades(session: Session, account: str) -> list[tuple[object, ...]]:
    return sorted(
        (view.trip.symbol, view.trip.side, view.trip.gross, view.trip.fills)
        for view in trades.round_trips(session, TradeFilter(account=account))
    )


@examples
@given(days(), st.booleans())
def test_a_file_with_whole_minutes_makes_the_trades_of_one_with_seconds(
    session: Session, imported: Importer, day: list[Piece], newest_first: bool
) -> None:
    whole = [BEGIN, *(piece._replace(native_id="").line() for piece in day), END]
    exact = [BEGIN, *(piece.line(number) for number, piece in enumerate(day, 1)), END]
    one, _ = bring(imported, [whole[::-1] if newest_first else whole], shorts=True)
    other, _ = bring(imported, [exact], shorts=True)
    assert closed_trades(session, one) == closed_trades(session, other)


@examples
@given(days(), st.integers(1, 8), st.booleans(), st.booleans())
def test_a_file_cut_anywhere_makes_the_trades_of_the_whole(
    session: Session,
    imported: Importer,
    day: list[Piece],
    place: int,
    newest_first: bool,
    newer_before: bool,
) -> None:
    lines = [piece._replace(native_id="").line() for piece in day]
    cut = min(place, len(lines) - 1)
    parts = [[BEGIN, *lines[:cut]], [*lines[cut:], END]]
    if newest_first:
        parts = [part[::-1] for part in parts]
    one, _ = bring(imported, [[BEGIN, *lines, END]], shorts=True)
    other, _ = bring(imported, parts[::-1] if newer_before else parts, shorts=True)
    assert closed_trades(session, one) == closed_trades(session, other)
