"""Beancount and hledger accept the journals of any fills, and find that lots and sums balance."""

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from coach.engine.exports.journals import JOURNALS
from coach.engine.exports.lots import Restatements
from coach.engine.store.exports.fills import ListedFill
from coach.model.entries.renames import Rename
from coach.model.entries.splits import Split
from coach.model.fills import FillKey, Symbol

pytestmark = pytest.mark.oracle
COINS = ("BTC", "1INCH", "A$B", "A*B", "BRK.B", "МИР", "X", "4")
CURRENCIES = ("USD", "USDT", "EUR", "BTC")
ACCOUNTS = ("main", "Ann's 2nd", "ann s 2nd", "ünïcode", "…")
AT = datetime(2026, 3, 1, tzinfo=UTC)
SPLITS = {
    (account, coin): tuple(
        Split(AT + timedelta(minutes=minutes), after, before, Decimal(0), Decimal(0))
        for minutes, after, before in ((1_000, 3, 1), (2_000, 1, 7), (99_999, 10, 1))
    )
    for account in ACCOUNTS
    for coin in ("BTC", "BRK.B")
}


def restated() -> Restatements:
    """Return splits, and new names that all lots of two coins go on under, one with a ratio."""
    renames = tuple(
        Rename(
            old, new, Split(AT + timedelta(minutes=minutes), after, before, Decimal(0), Decimal(0))
        )
        for minutes, old, new, after, before in (
            (1_500, "X", "NEW", 1, 1),
            (3_000, "NEW", "МИРЫ", 1, 7),
            (99_999, "BTC", "B2", 1, 1),
        )
    )
    every = {(one.account, one.key) for one in fills(400)}
    return Restatements(SPLITS, dict.fromkeys(ACCOUNTS, renames), every)


def fills(count: int) -> list[ListedFill]:
    """Return fills of odd coins and accounts, some of them rebates and sales from nothing."""
    chance = Random(7)

    def amount(most: int) -> Decimal:
        return Decimal(chance.randrange(most)).scaleb(-chance.randrange(19))

    return [
        ListedFill(
            FillKey(n.to_bytes(16, "big")),
            chance.choice(ACCOUNTS),
            Symbol(f"{chance.choice(COINS)}-{chance.choice(CURRENCIES)}"),
            "sell" if n % 3 else "buy",
            amount(10**20),
            amount(10**20),
            chance.choice([-1, 0, 1]) * amount(10**6),
            chance.choice(["", "BNB", "USD"]),
            None,
            AT + timedelta(minutes=17 * n),
            0,
            'or"der\\',
            "a;b: c\nd",
            "",
        )
        for n in range(count)
    ]


@pytest.fixture
def program(form: str) -> list[str]:
    if form == "beancount":
        return [str(Path(os.environ["COACH_TEST_ORACLES"]) / "beancount" / "bin" / "bean-check")]
    found = shutil.which("hledger")
    if found is None:
        pytest.skip("hledger is not here")
    return [found, "check", "--strict", "-f"]


@pytest.mark.parametrize("form", JOURNALS)
def test_the_program_finds_no_error(form: str, program: list[str], tmp_path: Path) -> None:
    name, write = JOURNALS[form]
    assert write(tmp_path / name, fills(400), {}, restated(), "Europe/Berlin") == 400
    told = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    ended = subprocess.run(
        [*program, str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=told,
    )
    assert ended.returncode == 0, ended.stdout[:2000] + ended.stderr[:2000]
