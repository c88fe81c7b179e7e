"""Answering a what-if: read the history, compute the answer once, store it with its candles."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coach.engine.history.book_fills import FOREVER_US, books_reaching
from coach.engine.history.inputs import CandleReach
from coach.engine.history.known import WARM_UP_DAYS, trader
from coach.engine.jobs.collector import no_collector
from coach.engine.ledger.renamed.names import under_last_name
from coach.engine.ledger.renamed.renames import concerning
from coach.engine.ledger.symbol_books import on_margin, owned_and_margin
from coach.engine.rules.kinds.catalogue import needs
from coach.engine.service.work import HERE
from coach.engine.store import accounts, candle_use, fills, simulations
from coach.engine.store.entries.renames import account_renames
from coach.engine.store.entries.splits import splits
from coach.engine.store.promises import plans
from coach.engine.store.simulations import StoredSimulation
from coach.engine.what_if import answer as answers
from coach.engine.what_if.books import AccountBook
from coach.engine.what_if.compact_fills import CompactFills
from coach.engine.what_if.simulate import Inputs
from coach.errors import NotInitialised
from coach.model.canonical import canonical_json
from coach.model.fills import base_of
from coach.model.times import DAY_US, instant, microseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.features.bars import Market
    from coach.engine.features.orders import BookFills
    from coach.engine.history.inputs import MarketReader
    from coach.engine.service.work import HeavyWork
    from coach.engine.what_if.scenario import Scenario
    from coach.model.accounts import Account, User
    from coach.model.events import Json
    from coach.model.fills import BookFill, Symbol


def run(
    connection: Connection[Any],
    user: User,
    asked: answers.SimulationInputs,
    read_market: MarketReader,
    clock: Callable[[], datetime],
    work: HeavyWork = HERE,
) -> tuple[StoredSimulation, bool]:
    """Return the simulation of a question, and whether it was stored before for the same data.

    Candles that cannot be read are an error where the question needs them. `work` computes the
    answer. The caller holds a transaction.
    """
    with no_collector():
        inputs = gather(connection, user, asked, read_market)
        found, known = answer_of(connection, user, asked, inputs, work)
        if known:
            return found, True
        made = replace(found, made_at=clock())
        simulations.keep(connection, user.id, made)
        used_by = f"simulation:{made.id}"
        used = answers.snapshots(inputs)
        candle_use.replace(connection, user.id, used_by, [used_by], used)
    return made, False


def answer_of(
    connection: Connection[Any],
    user: User,
    asked: answers.SimulationInputs,
    inputs: Inputs,
    work: HeavyWork = HERE,
) -> tuple[StoredSimulation, bool]:
    """Return the answer to a question about these inputs, and whether it was stored before.

    Nothing is stored; a new answer is of the data's end.
    """
    request = answers.request(asked)
    id_ = answers.identity(request, answers.fingerprint(inputs))
    known = simulations.find(connection, user.id, id_)
    if known is not None:
        return _sorted(known), True
    made = StoredSimulation(id_, request, work.what_if(inputs, asked), instant(inputs.end_us))
    return _sorted(made), False


def gather(
    connection: Connection[Any],
    user: User,
    asked: answers.SimulationInputs,
    read_market: MarketReader,
) -> Inputs:
    """Read all fills, and the candles where the question needs them."""
    books = [
        book
        for account in accounts.accounts(connection, user.id)
        for book in _books_of(connection, user, account)
    ]
    if not books:
        raise NotInitialised
    end_us = max(microseconds(book.fills[-1].at) for book in books) + 1
    begin_us = min(microseconds(book.fills[0].at) for book in books)
    start_us = begin_us if asked.days is None else end_us - asked.days * DAY_US
    symbols = tuple(sorted({book.symbol for book in books}))
    reach = CandleReach(symbols, max(start_us, begin_us) - WARM_UP_DAYS * DAY_US, end_us)
    return Inputs(
        books=books,
        market=_market(asked.scenario, reach, read_market),
        trader=trader(connection, user),
        money=plans.equity(connection, user.id),
        start_us=start_us,
        end_us=end_us,
    )


def _books_of(connection: Connection[Any], user: User, account: Account) -> Iterator[AccountBook]:
    """Yield the books of an account; fills of trades that went on under another name are there."""
    renamed = account_renames(connection, user.id, account.id)
    symbols = fills.symbols_of(connection, user.id, account.id)
    connected = [one for one in symbols if concerning(renamed, base_of(one))]
    for symbol in symbols:
        if symbol not in connected:
            yield from _books(connection, user, account, symbol)
    if connected:
        starts: dict[str, int] = dict.fromkeys(connected, 0)
        for book in books_reaching(connection, user.id, starts, FOREVER_US):
            if book.name.account_id == account.id:
                yield from _continued(account, book)


def _continued(account: Account, book: BookFills[BookFill]) -> Iterator[AccountBook]:
    """Yield the books of a coin with other names: of owned coins, and of positions on margin."""
    base, names = base_of(book.name.symbol), {}
    for key, named in book.earlier.items():
        own = tuple(split for split in named.splits if split not in book.splits)
        names[key] = named._replace(splits=own)
    renamed = [
        under_last_name(fill, names[fill.key], base) if fill.key in names else fill
        for fill in book.fills
    ]
    accounts_of = (account, on_margin(account))
    for whose, own_fills in zip(accounts_of, owned_and_margin(renamed), strict=True):
        earlier = tuple(
            (fill.key, names[fill.key].symbol) for fill in own_fills if fill.key in names
        )
        if own_fills:
            splits, kept = tuple(book.splits), CompactFills(own_fills)
            yield AccountBook(whose, book.name.symbol, kept, splits, earlier)


def _books(
    connection: Connection[Any], user: User, account: Account, symbol: Symbol
) -> list[AccountBook]:
    """Return the books of an account in one symbol: of owned coins, and of positions on margin."""
    owned, margin = CompactFills(), CompactFills()
    for fill in fills.in_book(connection, user.id, account.id, symbol):
        (margin if fill.margin else owned).append(fill)
    base = base_of(symbol)
    told = splits(connection, user.id, account.id, base).get((account.id, base), ())
    books = (
        AccountBook(account, symbol, owned, told),
        AccountBook(on_margin(account), symbol, margin, told),
    )
    return [book for book in books if book.fills]


def _market(scenario: Scenario, reach: CandleReach, read_market: MarketReader) -> Market:
    from coach.engine.features.bars import NO_MARKET

    by_rules = any("candles" in needs(rule.kind, rule.params) for rule in scenario.rules)
    return read_market(reach) if by_rules or scenario.needs_prices else NO_MARKET


def _sorted(run: StoredSimulation) -> StoredSimulation:
    """Return a run with its keys sorted: the same bytes whether it was just made or kept."""
    request: dict[str, Json] = json.loads(canonical_json(run.request, "ascii"))
    result: dict[str, Json] = json.loads(canonical_json(run.result, "ascii"))
    return StoredSimulation(run.id, request, result, run.made_at)
