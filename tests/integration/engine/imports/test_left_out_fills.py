"""A fill that is left out counts for nothing, whatever is imported again, corrected or undone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from coach.brokers.base import SourceInfo
from coach.engine.api import accounts as account_api
from coach.engine.api import events, imports, trades
from coach.engine.api.fills import single
from coach.engine.api.fills.single import FillFilter
from coach.engine.api.session import Session
from coach.engine.imports.run import ImportOrder, run_import
from coach.engine.imports.sync.fetch import FetchedSource
from coach.engine.imports.turn import import_lock
from coach.engine.store import accounts
from coach.engine.store.imports import runs
from coach.errors import AmbiguousId, Invalid, NotFound
from coach.model.accounts import Run
from coach.model.bookkeeping.fill_reports import corrections
from coach.model.fills import Fill, Side, Symbol
from tests.databases import rows_of

API = SourceInfo("coinbase-api", "coinbase-api", "coinbase", "coinbase", 30, shorts=False)
HISTORY = SourceInfo(
    "coinbase-history", "coinbase-history", "coinbase", "coinbase", 10, shorts=False
)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHY = "a test order"
DERIVED = ("trade", "book", "book_hash", "unknown_basis")

Teller = Callable[..., Run]


def fill(minute: float, side: Side, price: str, name: str, quantity: str = "1") -> Fill:
    at = NINE + timedelta(minutes=minute)
    numbers = (Decimal(quantity), Decimal(price), Decimal(0))
    return Fill(Symbol("BTC-USD"), side, *numbers, "USD", at, 0, "", name, 1)


BUY, SELL = fill(0, "buy", "100", "1"), fill(10, "sell", "110", "2")
TEST, TEST_SOLD = fill(20, "buy", "50", "3"), fill(30, "sell", "40", "4")
ALL = (BUY, SELL, TEST, TEST_SOLD)


@pytest.fixture
def told(session: Session) -> Teller:
    """Import fills as this source tells them."""

    def tell(info: SourceInfo, *fills: Fill, account: str = "coinbase") -> Run:
        kept = accounts.ensure_account(
            session.connection, session.user.id, account, info.broker, shorts=info.shorts
        )
        run_id = runs.run_id("test", info.name, account, repr(fills))
        order = ImportOrder(session.user, kept, FetchedSource(info, fills, ()), run_id, info.name)
        with import_lock(session.connection, session.user):
            return run_import(session.connection, order, session.clock, lambda _: None)

    return tell


def id_of(session: Session, price: str) -> str:
    """Return the id of the fill of that price."""
    [found] = [
        one for one in single.fills(session, FillFilter()) if one.fill.price == Decimal(price)
    ]
    return found.key.hex()


def leave_out(session: Session, price: str) -> str:
    name = id_of(session, price)
    assert single.leave_out(session, name, WHY).changed
    return name


def prices(session: Session, *, left_out: bool = False) -> list[str]:
    found = single.fills(session, FillFilter(left_out=left_out))
    return [f"{one.fill.price:f}" for one in found]


def derived(session: Session) -> dict[str, list[str]]:
    return {table: rows_of(session.connection, table) for table in DERIVED}


def net(session: Session) -> Decimal:
    return trades.profit(session).totals["USD"].net


def test_books_are_as_if_the_fill_had_never_been(session: Session, told: Teller) -> None:
    run = told(API, BUY, SELL)
    without = derived(session)
    imports.undo(session, run.id)
    told(API, *ALL)
    leave_out(session, "50")
    leave_out(session, "40")
    assert derived(session) == without
    assert net(session) == 10


def test_a_fill_that_is_taken_back_counts_again(session: Session, told: Teller) -> None:
    told(API, *ALL)
    before = derived(session)
    name = leave_out(session, "50")
    assert derived(session) != before
    assert single.take_back(session, name).changed
    assert derived(session) == before
    [decision] = single.history(session, name).decisions
    assert (decision.reason, decision.taken_back_at) == (WHY, session.clock())


def test_both_are_told_and_saying_it_again_is_not(session: Session, told: Teller) -> None:
    told(API, *ALL)
    name = leave_out(session, "50")
    assert not single.leave_out(session, name[:8], "another").changed
    assert single.take_back(session, name).changed
    assert not single.take_back(session, name).changed
    kinds = [one.type for one in events.every(session) if one.type.startswith("fill.")]
    assert kinds == ["fill.left_out", "fill.taken_back"]
    [event] = [one for one in events.every(session) if one.type == "fill.left_out"]
    assert (event.payload["fill_id"], event.payload["reason"]) == (name, WHY)


def test_it_stays_out_when_the_same_fills_come_again(session: Session, told: Teller) -> None:
    first = told(API, *ALL)
    leave_out(session, "50")
    told(API, *ALL, fill(60, "buy", "70", "5"))
    assert prices(session, left_out=True) == ["50"]
    imports.undo(session, first.id)
    assert prices(session, left_out=True) == ["50"]


def test_it_stays_out_when_all_was_undone_and_comes_again(session: Session, told: Teller) -> None:
    run = told(API, *ALL)
    name = leave_out(session, "50")
    left = derived(session)
    imports.undo(session, run.id)
    [gone] = single.fills_not_held(session)
    assert (gone.key.hex(), gone.held, gone.reason) == (name, False, WHY)
    again = told(API, *ALL)
    assert "1 fill left out, as you decided before" in again.warnings
    assert derived(session) == left
    assert single.fills_not_held(session) == []


def test_a_decision_about_a_fill_that_is_gone_can_be_taken_back(
    session: Session, told: Teller
) -> None:
    run = told(API, *ALL)
    name = leave_out(session, "50")
    imports.undo(session, run.id)
    assert single.take_back(session, name).changed
    told(API, *ALL)
    assert prices(session, left_out=True) == []


@pytest.mark.parametrize("first", [API, HISTORY])
def test_another_source_s_report_of_it_stays_out(
    session: Session, told: Teller, first: SourceInfo
) -> None:
    second = HISTORY if first is API else API
    one = told(first, *(each._replace(native_id=f"a{each.native_id}") for each in ALL))
    leave_out(session, "50")
    told(second, *(each._replace(native_id=f"b{each.native_id}") for each in ALL))
    assert prices(session, left_out=True) == ["50"]
    imports.undo(session, one.id)
    assert prices(session, left_out=True) == ["50"]
    assert len(prices(session)) == 3


def test_a_corrected_row_stays_out_whichever_came_first(session: Session, told: Teller) -> None:
    first = told(API, *ALL)
    name = leave_out(session, "50")
    told(API, BUY, SELL, TEST._replace(price=Decimal(51)), TEST_SOLD)
    assert prices(session, left_out=True) == ["51"]
    [change] = corrections(single.history(session, name).reports)
    assert (change.field, change.was, change.now) == ("price", 50, 51)
    imports.undo(session, first.id)
    assert prices(session, left_out=True) == ["51"]


def test_a_correction_that_is_left_out_and_undone_leaves_the_first_row_out(
    session: Session, told: Teller
) -> None:
    told(API, *ALL)
    later = told(API, BUY, SELL, TEST._replace(price=Decimal(51)), TEST_SOLD)
    leave_out(session, "51")
    imports.undo(session, later.id)
    assert prices(session, left_out=True) == ["50"]


def test_another_fill_of_the_same_id_counts(session: Session, told: Teller) -> None:
    told(API, *ALL)
    leave_out(session, "50")
    other = fill(90, "buy", "75", "3", "2")
    shared = told(API, other)
    assert prices(session, left_out=True) == ["50"]
    assert "75" in prices(session)
    imports.undo(session, shared.id)
    assert prices(session, left_out=True) == ["50"]


def test_an_undone_fill_hands_its_id_to_no_other(session: Session, told: Teller) -> None:
    first = told(API, *ALL)
    leave_out(session, "50")
    told(API, fill(90, "buy", "75", "3", "2"))
    imports.undo(session, first.id)
    assert (prices(session), prices(session, left_out=True)) == (["75"], [])
    told(API, *ALL)
    assert prices(session, left_out=True) == ["50"]


def test_of_two_equal_rows_one_is_left_out(session: Session, told: Teller) -> None:
    twin = TEST._replace(native_id="")
    told(API, BUY, twin, twin)
    name = single.fills(session, FillFilter())[-1].key.hex()
    single.leave_out(session, name, WHY)
    told(API, BUY, twin, twin, SELL)
    assert (prices(session, left_out=True), prices(session).count("50")) == (["50"], 1)


def test_an_order_that_is_left_out_takes_its_executions_along(
    session: Session, told: Teller
) -> None:
    order = told(HISTORY, BUY, fill(20, "buy", "50", "h", "3"))
    leave_out(session, "50")
    told(API, fill(20, "buy", "50", "e1", "1"), fill(20, "buy", "50", "e2", "2"))
    assert prices(session, left_out=True) == ["50", "50"]
    imports.undo(session, order.id)
    assert prices(session, left_out=True) == ["50", "50"]


def test_a_history_names_every_report_and_its_import(session: Session, told: Teller) -> None:
    one = told(HISTORY, BUY)
    other = told(API, BUY._replace(price=Decimal("100.001"), native_id="e"))
    again = told(API, BUY._replace(price=Decimal("100.001"), native_id="e"), SELL)
    found = single.history(session, id_of(session, "100.001"))
    by = [[each.run_id for each in report.imports] for report in found.reports]
    assert by == [[one.id], [other.id, again.id]]
    assert [report.in_effect for report in found.reports] == [False, True]
    assert list(corrections(found.reports)) == []


def test_one_id_in_two_accounts_wants_the_account(session: Session, told: Teller) -> None:
    told(API, BUY)
    told(API, BUY, account="second")
    name = single.fills(session, FillFilter())[0].key.hex()
    with pytest.raises(AmbiguousId):
        single.leave_out(session, name, WHY)
    single.leave_out(session, name, WHY, "second")
    [left] = single.fills(session, FillFilter(left_out=True))
    assert left.account == "second"


def test_an_account_that_is_removed_takes_its_decisions_along(
    session: Session, told: Teller
) -> None:
    run = told(API, *ALL)
    leave_out(session, "50")
    imports.undo(session, run.id)
    account_api.remove(session, "coinbase")
    assert single.fills_not_held(session) == []
    assert rows_of(session.connection, "left_out_reading") == []


def test_no_fill_and_no_reason_are_refused(session: Session, told: Teller) -> None:
    told(API, BUY)
    with pytest.raises(NotFound):
        single.leave_out(session, "zz", WHY)
    with pytest.raises(Invalid):
        single.leave_out(session, id_of(session, "100"), "  ")
    assert prices(session, left_out=True) == []


def test_a_list_goes_on_after_a_fill_and_ends_with_the_newest(
    session: Session, told: Teller
) -> None:
    told(API, *ALL)
    every = single.fills(session, FillFilter())
    page = replace(FillFilter().page, after=every[0].key.hex(), limit=2)
    assert single.fills(session, FillFilter(page=page)) == every[1:3]
    newest = replace(FillFilter().page, newest=1)
    assert single.fills(session, FillFilter(page=newest)) == every[-1:]
    assert every[0].fill.price == 100


def forget_all(session: Session) -> None:
    stored = ("fill", "fill_version", "row_order", "run", "left_out", "left_out_reading")
    for table in (*stored, *DERIVED):
        session.connection.execute(f"truncate {table}")


lines = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from(["buy", "sell"]),
        st.sampled_from(["90", "100", "110"]),
        st.sampled_from(["1", "2"]),
        st.booleans(),
    ),
    min_size=2,
    max_size=9,
)


@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=lines, chosen=st.integers(0, 8), cut=st.integers(1, 8), undone=st.booleans())
def test_leaving_a_fill_out_equals_a_ledger_that_never_had_it(
    session: Session,
    told: Teller,
    lines: list[tuple[int, Side, str, str, bool]],
    chosen: int,
    cut: int,
    undone: bool,
) -> None:
    forget_all(session)
    told_fills = [
        fill(minute, side, price, f"i{n}" if named or line in lines[:n] else "", quantity)
        for n, line in enumerate(lines)
        for minute, side, price, quantity, named in [line]
    ]
    chosen %= len(told_fills)
    before = told(API, *told_fills[:cut])
    if told_fills[cut:]:
        told(API, *told_fills)
    [one] = [row for row in single.fills(session, FillFilter()) if row.fill == told_fills[chosen]]
    single.leave_out(session, one.key.hex(), WHY)
    if undone and told_fills[cut:]:
        imports.undo(session, before.id)
    left = derived(session)
    forget_all(session)
    told(API, *told_fills[:chosen], *told_fills[chosen + 1 :])
    without = derived(session)
    assert left == without
