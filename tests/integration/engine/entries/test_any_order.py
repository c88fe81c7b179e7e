"""Balances add up after any order, overlap, repetition and undo of imports.

With trades, entries, and a fill that is left out and stays so.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.engine.api.entries.reconcile import reconcile
from coach.engine.api.fills import single
from coach.engine.api.fills.single import FillFilter
from coach.engine.api.imports import ImportRequest, import_statement, undo
from coach.engine.api.session import Session
from tests.made_exchange import ENTRIES, TRADES, two_accounts

ACCOUNT = two_accounts()[0]
PIECES = 4
MISTAKE = "mistake"


def pieces(folder: Path) -> list[Path]:
    """Return overlapping files of what really happened: trades and entries, with gaps in none."""
    found = []
    for name, header, lines in (
        ("trades", TRADES, [row.line() for row in ACCOUNT.trades()]),
        ("ledger", ENTRIES, ACCOUNT.stated()),
    ):
        size = -(-len(lines) // PIECES)
        for n in range(PIECES):
            part = lines[max(0, n * size - 2) : (n + 1) * size + 2]
            path = folder / f"{name}-{n}.csv"
            path.write_text("\n".join([header, *part]) + "\n")
            found.append(path)
    mistake = folder / "mistake.csv"
    mistake.write_text("\n".join([TRADES, replace(ACCOUNT.trades()[0], id=MISTAKE).line()]) + "\n")
    return [*found, mistake]


def leave_the_mistake_out(session: Session) -> None:
    """Leave a fill out that no balance knows; it may be out from an earlier time."""
    (mistake,) = [
        one for one in single.fills(session, FillFilter()) if one.fill.native_id == MISTAKE
    ]
    single.leave_out(session, mistake.key.hex(), "a test order")


def held(session: Session) -> dict[str, str]:
    return {
        one.sums.coin: f"{one.sums.balance.normalize():f}" for one in reconcile(session).balances
    }


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_what_is_held_in_the_end_is_what_all_files_tell_whatever_came_first(
    session: Session, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    files = pieces(tmp_path_factory.mktemp("pieces"))
    order = data.draw(st.permutations(range(len(files))))
    taken_back = data.draw(st.sets(st.sampled_from(order), max_size=3))
    request = ImportRequest(account="one", shorts=False)
    runs = {n: import_statement(session, files[n], request) for n in order}
    leave_the_mistake_out(session)
    before = held(session)
    for n in sorted(taken_back):
        undo(session, runs[n].id)
    for n in sorted(taken_back):
        import_statement(session, files[n], request)
    truth = {coin: f"{quantity.normalize():f}" for coin, quantity in ACCOUNT.truth().items()}
    assert held(session) == before == truth
    assert reconcile(session).gaps == ()
    for n in order:
        undo(session, runs[n].id)
    assert reconcile(session).balances == ()
