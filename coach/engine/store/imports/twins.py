"""One execution told by two sources: the fills that may be it, and those that stand aside for it.

What may be one execution is looked for here, whether it is one decides `ledger.twins`. Twins are
fills of one account, side and market, at most a second apart, from imports neither of which holds
both, and not under two ids of one source.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.ledger.identity import PREFIX
from coach.engine.ledger.twins import MOST_PRINTED, PrintedFill
from coach.engine.store.fills import COLUMNS, RunTarget
from coach.engine.store.keys import joined, rows_of
from coach.model.fills import FillKey, Side, Symbol

ROWS_A_FETCH = 10_000
FAMILY_WITHOUT_TOTAL = "generic"
"""coach's own template has no column for the money that moved."""


class SourcedFill(NamedTuple):
    """A fill and the source that told it in the run of that number."""

    key: FillKey
    symbol: Symbol
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    native_id: str
    source: str
    family: str
    rank: int
    run_n: int

    @property
    def printed(self) -> PrintedFill:
        """Return the fill as its source prints it."""
        return PrintedFill(*self[1:7], self.family != FAMILY_WITHOUT_TOTAL)


SourcedPair = tuple[SourcedFill, SourcedFill]


class SupersededReading(NamedTuple):
    """A reading that stands aside for a fill: its source, whether it has an id, who holds it."""

    family: str
    has_id: bool
    runs: frozenset[int]

    def excludes(self, fill: SourcedFill) -> bool:
        """Return whether that fill is another one than this: of one import, or by another id."""
        return fill.run_n in self.runs or (
            self.has_id and bool(fill.native_id) and self.family == fill.family
        )


SOURCED = (
    "{f}.key, {f}.symbol, {f}.side, {f}.quantity, {f}.price, {f}.fee, {f}.fee_currency,"
    " {f}.native_id, {r}.source, {r}.family, {r}.rank,"
    " {f}.run_n"
)
MONEY = (
    "({f}.quantity * {f}.price + case"
    " when {f}.fee_currency <> substring({f}.symbol from '[^-]*$') then 0"
    " when {f}.side = 'buy' then {f}.fee else -{f}.fee end)"
)
# As `imports.twins` orders readings of one execution, the best first.
BEST = f"""
  f.rank desc, min_scale({MONEY.format(f="f")}) desc,
  case when min_scale(f.price) <= {MOST_PRINTED} then min_scale(f.price) else 0 end desc,
  f.native_id <> '' desc, r.family desc, substring(f.key for {PREFIX}) desc
"""
# `offset 0` makes PostgreSQL look each fill up by book and time: within the transaction that
# brought a million of them it thinks the table nearly empty and would compare all with all.
NEAR = """
  cross join lateral (
    select o.* from fill o
     where o.user_id = f.user_id and o.account_id = {accounts} and o.symbol = {symbol}
       and o.at between f.at - interval '1 second' and f.at + interval '1 second' offset 0) o
"""
EITHER_NAME = """any(array[{f}.symbol, case
  when {f}.symbol like '%%-' || %(quote)s::text then
    left({f}.symbol, -length(%(quote)s::text)) || %(alias)s::text
  when {f}.symbol like '%%-' || %(alias)s::text then
    left({f}.symbol, -length(%(alias)s::text)) || %(quote)s::text end])"""
OURS = """
  (select * from fill where user_id = %(user)s and account_id = %(account)s and run_n = %(run)s
   union all
   select * from fill where key = any(%(keys)s) and user_id = %(user)s
      and account_id = %(account)s and run_n <> %(run)s)
"""
# No import holds both, and they are no two ids of one source; but for one id in two names of a
# market, and for equal fills, where one of the ids may be a word that stands in place of ids.
APART = """
   o.run_n <> f.run_n and not m.seen @> o.n and (f.run_n = %(run)s or not u.seen @> f.n)
   and not (u.family = m.family and o.native_id <> '' and f.native_id <> ''
            and (o.native_id <> f.native_id or o.symbol = f.symbol)
            and (o.symbol, o.quantity, o.price, o.fee, o.at, o.nanos)
             <> (f.symbol, f.quantity, f.price, f.fee, f.at, f.nanos))
"""
CANDIDATES = f"""
select {SOURCED.format(f="f", r="m")}, {SOURCED.format(f="o", r="u")}
  from {OURS} f
  join run m on m.user_id = f.user_id and m.n = f.run_n
  {NEAR.format(accounts="f.account_id", symbol="{symbol}")}
  join run u on u.user_id = o.user_id and u.n = o.run_n
 where o.side = f.side and abs(o.quantity - f.quantity) <= f.quantity * 0.001
   and abs(o.price - f.price) <= greatest(f.price * 0.03, 0.005)
   and {APART}
 order by abs({MONEY.format(f="o")} - {MONEY.format(f="f")}), abs(o.price - f.price),
          abs(o.quantity - f.quantity), abs(extract(epoch from o.at - f.at)),
          least(f.key, o.key), greatest(f.key, o.key)
"""  # noqa: S608 - constant text
WHOLES = f"""
with whole as (
  select distinct case when o.quantity > f.quantity then o.key else f.key end as key
    from {OURS} f
    join run m on m.user_id = f.user_id and m.n = f.run_n
    {NEAR.format(accounts="f.account_id", symbol="f.symbol")}
    join run u on u.user_id = o.user_id and u.n = o.run_n
   where o.side = f.side and o.quantity <> f.quantity and {APART})
select {SOURCED.format(f="f", r="m")}, {SOURCED.format(f="o", r="u")}
  from whole join fill f on f.key = whole.key and f.user_id = %(user)s
   and f.account_id = %(account)s
  join run m on m.user_id = f.user_id and m.n = f.run_n
  {NEAR.format(accounts="f.account_id", symbol="f.symbol")}
  join run u on u.user_id = o.user_id and u.n = o.run_n
 where o.side = f.side and o.quantity < f.quantity and o.run_n <> f.run_n
   and not m.seen @> o.n and not u.seen @> f.n
   and (u.family <> m.family or (o.native_id = '') <> (f.native_id = ''))
 order by f.at, f.key, u.family, o.native_id <> '', o.at, o.key
"""  # noqa: S608 - constant text
HAS_SUPERSEDED = """
select exists (select from fill_version where user_id = %(user)s and account_id = %(account)s
   and key <> stands_for)
"""
SUPERSEDED = f"""
select v.stands_for, w.family, v.native_id <> '', array(
         select r.n from run r where r.user_id = v.user_id and r.account_id = v.account_id
            and (r.state = 'done' or r.n = %(run)s) and (r.n = v.run_n or r.seen @> v.n))
  from {rows_of("key")} wanted cross join lateral (
    select * from fill_version x where x.user_id = %(user)s and x.account_id = %(account)s
       and x.stands_for = wanted.key offset 0) v
  join run w on w.user_id = v.user_id and w.n = v.run_n
 where v.key <> v.stands_for
"""  # noqa: S608 - constant text
FILLS_NEARBY = """
select exists (
  select from (select symbol, min(at) as first, max(at) as last
                 from fill where user_id = %(user)s and account_id = %(account)s
                  and run_n = %(run)s group by symbol) span
    cross join lateral (
      select from fill o where o.user_id = %(user)s and o.account_id = %(account)s
         and o.symbol = {symbol} and o.run_n <> %(run)s
         and o.at between span.first - interval '1 second' and span.last + interval '1 second'
       limit 1) o)
"""
RELEASE = """
with latest as (
  select distinct on (v.key) v.* from fill_version v
   where v.user_id = %(user)s and v.account_id = %(account)s and v.symbol = any(%(symbols)s)
     and v.key <> v.stands_for
   order by v.key, v.n desc),
whole as (
  delete from fill_version v using latest l, fill f
   where v.user_id = l.user_id and v.n = l.n and f.key = l.stands_for and f.user_id = l.user_id
     and f.account_id = l.account_id and l.quantity > f.quantity * 1.001 returning v.*),
placed as (
  insert into fill ({columns}, n) select {columns}, n from whole returning key),
turned as (
  update fill_version v set stands_for = v.key from whole w
   where v.user_id = w.user_id and v.account_id = w.account_id and v.key = w.key and v.n <> w.n)
select key from placed
"""
LOOKED_AT = 1_000
ELSEWHERE = f"""
select a.name, count(distinct f.key)
  from (select * from fill where user_id = %s and account_id = %s and run_n = %s
         order by at, key limit {LOOKED_AT}) f
  {NEAR.format(accounts="any(%s)", symbol="f.symbol")}
  join account a on a.user_id = o.user_id and a.id = o.account_id
 where o.side = f.side and o.quantity = f.quantity and abs(o.price - f.price) <= f.price * 0.0001
 group by a.name order by a.name
"""  # noqa: S608 - constant text


class TwinFinder:
    """Looks for the fills of other sources near those that a run brought.

    `names` are two names of one quote at the account's broker, where it has such (USD, USDC).
    """

    def __init__(
        self, connection: Connection[Any], shelf: RunTarget, names: tuple[str, str] | None
    ) -> None:
        self._connection = connection
        quote, alias = names or ("", "")
        self._facts = {
            "user": shelf.user_id,
            "account": shelf.account_id,
            "run": shelf.run_n,
            "quote": quote,
            "alias": alias,
        }
        self._symbol = EITHER_NAME if names else "{f}.symbol"

    def has_fills_nearby(self) -> bool:
        """Return whether the account has other fills within the time of the run's fills."""
        return self._holds(FILLS_NEARBY.format(symbol=self._symbol.format(f="span")))

    def has_superseded(self) -> bool:
        """Return whether any reading of the account stands aside for another source's."""
        return self._holds(HAS_SUPERSEDED)

    def candidates(self, keys: Sequence[FillKey]) -> Iterator[list[SourcedPair]]:
        """Yield the run's fills, and those of these keys, each with one that may be its twin.

        Nearest pairs come first, many at once.
        """
        query = CANDIDATES.format(symbol=self._symbol.format(f="f"))
        return self._read(query, keys)

    def wholes(self, keys: Sequence[FillKey]) -> Iterator[list[SourcedPair]]:
        """Yield larger fills, each with the smaller ones near it that may be its parts, in order.

        One of these is the run's, or has one of these keys.
        """
        return self._read(WHOLES, keys)

    def superseded(self, pairs: Sequence[SourcedPair]) -> dict[FillKey, list[SupersededReading]]:
        """Return the readings of other fills that stand aside for these fills."""
        keys = {fill.key for pair in pairs for fill in pair}
        found: dict[FillKey, list[SupersededReading]] = {}
        rows = self._connection.execute(
            SUPERSEDED, {**self._facts, "key": joined(keys)}, binary=True
        )
        for key, family, has_id, runs in rows:
            found.setdefault(FillKey(key), []).append(
                SupersededReading(family, has_id, frozenset(runs))
            )
        return found

    def is_placeholder(self, native_id: str) -> bool:
        """Return whether an id stands on three fills or more, and not on one side of one market.

        An order's or a trade's id does not: it is a word in place of ids.
        """
        return self._holds(
            "select count(*) > 2 and count(distinct (symbol, side)) > 1 from fill"
            " where user_id = %(user)s and account_id = %(account)s and native_id = %(id)s",
            {"id": native_id},
        )

    def _holds(self, query: str, facts: dict[str, object] | None = None) -> bool:
        row = self._connection.execute(query, {**self._facts, **(facts or {})}).fetchone()
        assert row is not None
        return bool(row[0])

    def _read(self, query: str, keys: Sequence[FillKey]) -> Iterator[list[SourcedPair]]:
        width = len(SourcedFill._fields)
        with self._connection.cursor(name="twins", binary=True) as cursor:
            cursor.execute(query, {**self._facts, "keys": list(keys)})
            while rows := cursor.fetchmany(ROWS_A_FETCH):
                yield [
                    (SourcedFill._make(row[:width]), SourcedFill._make(row[width:])) for row in rows
                ]


def release_wholes(
    connection: Connection[Any], shelf: RunTarget, symbols: Sequence[Symbol]
) -> list[FillKey]:
    """Let fills stand again that stood aside for several smaller ones; return their keys."""
    rows = connection.execute(
        RELEASE.format(columns=COLUMNS),
        {"user": shelf.user_id, "account": shelf.account_id, "symbols": list(symbols)},
    )
    return [FillKey(key) for (key,) in rows]


def in_other_accounts(connection: Connection[Any], shelf: RunTarget) -> list[tuple[str, int]]:
    """Return (account, fills) where other accounts hold what look like the same fills.

    The run's first thousand are looked at: an account read twice shows in any of them.
    """
    others = [
        row[0]
        for row in connection.execute(
            "select id from account where user_id = %s and id <> %s",
            [shelf.user_id, shelf.account_id],
        )
    ]
    if not others:
        return []
    rows = connection.execute(
        ELSEWHERE, [shelf.user_id, shelf.account_id, shelf.run_n, others]
    ).fetchall()
    return [(name, count) for name, count in rows]
