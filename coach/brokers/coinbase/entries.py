"""What moved coins at Coinbase beside fills: the transactions of each wallet (v2 API).

A key that may view reads them by Coinbase's documentation. They are those of the wallets that
belong to the key's portfolio: what lies in vaults and in other portfolios is in no balance of the
account. Where Coinbase refuses them, fills are read all the same.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from coach.brokers.base import Other, Row, printable
from coach.brokers.coinbase.answers import BROKER
from coach.brokers.coinbase.transactions import ReadTransaction, read_transaction, trimmed
from coach.brokers.coinbase.wallet_walk import ACCOUNTS, GetAt, PagedLists, WalletWalk
from coach.brokers.entries import EntryMark, EntryPlace, RawTransaction
from coach.errors import AuthenticationFailed, BrokerTrouble, TryLater
from coach.model.accounts import SkippedRow

MOST_WALLETS = 2_000
MOST_PENDING = 200
MOST_NAMED = 10
IMPORT_HISTORY = "import the transaction history (CSV), too"
NO_WALLET = "none of this portfolio's wallets is among those whose transactions it lists"
FIELDS = {
    "id": "expected an id",
    "amount": "expected an amount of a coin",
    "created_at": "expected a time such as 2026-01-31T09:59:59Z",
}


@dataclass(slots=True)
class CoinbaseEntries:
    """The transactions that are new, or with `since` all from then on; see EntryReading.

    `own` returns the wallets of the portfolio by their ids, and whether anything is in them.
    """

    get: GetAt
    place: EntryPlace
    since: datetime | None
    own: Callable[[], Mapping[str, bool]]
    now: Callable[[], datetime]
    marks: dict[str, EntryMark] = field(default_factory=dict)
    moving: set[str] = field(default_factory=set)
    unread: str = ""
    _counts: Counter[str] = field(default_factory=Counter)
    _unknown: Counter[str] = field(default_factory=Counter)
    _pending: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """Yield what is no fill, wallet by wallet; trouble ends it, and is named in `unread`."""
        lists = PagedLists(self.get, self.now)
        try:
            for wallet in self._wallets(lists):
                yield from self._rows_of(wallet, lists)
        except (AuthenticationFailed, BrokerTrouble, TryLater) as refused:
            self.unread = str(refused.facts.get("reason") or refused)

    def notes(self) -> Iterator[str]:
        """Yield what a reader should know."""
        counts = self._counts
        if self.unread:
            yield (
                f"deposits, withdrawals, converts and rewards were not read ({self.unread}); fills"
                f" were: {IMPORT_HISTORY}, or wait for the next sync"
            )
        if self._pending:
            named = ", ".join(self._pending[:MOST_NAMED])
            yield (
                "transactions that are not in force yet, not counted until they are:"
                f" {len(self._pending)} ({named})"
            )
        if counts["trade"]:
            yield (
                "buys and sells of the Coinbase app, which are not read from its list of"
                f" transactions, so {IMPORT_HISTORY}: {counts['trade']}"
            )
        if self._unknown:
            named = ", ".join(f"{word} {n}" for word, n in self._unknown.most_common(MOST_NAMED))
            yield (
                f"transactions of types that coach does not know, counted and not read ({named}):"
                f" look them up at Coinbase, and {IMPORT_HISTORY}"
            )
        for what, saying in SAYINGS.items():
            if counts[what]:
                yield f"{saying}: {counts[what]}"

    def _wallets(self, lists: PagedLists) -> list[str]:
        """Return the wallets to be read; others are counted where something is in them."""
        own, found, after = self.own(), list[str](), ""
        listed = 0
        while True:
            page = lists.page(ACCOUNTS, after)
            for raw in page.rows:
                name = str(raw.get("id") or "")
                if name in own:
                    found.append(name)
                elif _holds(raw):
                    self._counts["elsewhere"] += 1
            listed += len(page.rows)
            if listed > MOST_WALLETS or (page.following and page.following == after):
                reason = f"more than {MOST_WALLETS} wallets (limit), or a list without an end"
                raise BrokerTrouble(broker=BROKER, reason=reason)
            after = page.following
            if not after:
                break
        if any(own.values()) and not found:
            raise BrokerTrouble(broker=BROKER, reason=NO_WALLET)
        missing = [name for name, holds in own.items() if holds and name not in found]
        self._counts["unlisted"] += len(missing)
        place = self.place
        every = dict.fromkeys(found)
        return [one for one in every if not place.brief or own[one] or place.mark(one)]

    def _rows_of(self, wallet: str, lists: PagedLists) -> Iterator[Row]:
        known = self.place.mark(wallet)
        walk = WalletWalk(wallet).read(lists, self.place, self.since)
        told = {one.id for one in walk.found}
        asked = [
            one
            for name in (known.pending if known else ())
            if name not in told and (one := self._again(wallet, name, lists))
        ]
        self.moving |= {one.movement.coin for one in asked if one.movement}
        found = [*walk.found, *asked]
        pending = tuple(one.id for one in found if one.sense == "pending")
        if len(pending) > MOST_PENDING:
            reason = f"{len(pending)} transactions not in force in a wallet (limit {MOST_PENDING})"
            raise BrokerTrouble(broker=BROKER, reason=reason)
        mark = walk.mark or known
        if mark is not None:
            self.marks[wallet] = mark._replace(pending=pending)
        yield from (row for one in found for row in self._row(one))

    def _again(self, wallet: str, name: str, lists: PagedLists) -> ReadTransaction | None:
        """Look again at a transaction that was not in force; None for one that is gone."""
        try:
            answer = lists.ask(f"{ACCOUNTS}/{wallet}/transactions/{name}", [])
        except BrokerTrouble as refused:
            if refused.facts.get("status") != HTTPStatus.NOT_FOUND:
                raise
            self._counts["gone"] += 1
            return None
        raw = answer.get("data")
        if not isinstance(raw, dict):
            raise BrokerTrouble(broker=BROKER, reason="an answer without a transaction")
        one = read_transaction(trimmed(raw))
        return one if one.id == name else None

    def _row(self, one: ReadTransaction) -> Iterator[Row]:
        """Yield what a transaction tells; one that is among the fills, or void, tells nothing."""
        match one.sense:
            case "entry":
                moved = one.movement
                yield Other(one.word, 1, (moved,) if moved and moved.quantity else ())
            case "trade":
                self._counts["trade"] += 1
                yield Other(one.word, 1)
            case "unknown":
                self._unknown[one.word] += 1
                yield Other(one.word, 1)
            case "pending":
                self._note_pending(one)
            case "unreadable":
                at = "" if one.at is None else one.at.at.isoformat()
                yield SkippedRow(1, one.word, FIELDS[one.word], "a transaction", at, one.id)
            case "void" | "fill":
                self._counts[one.sense] += 1

    def _note_pending(self, one: ReadTransaction) -> None:
        moved = one.movement
        day = "" if one.at is None else f" of {one.at.at:%Y-%m-%d}"
        what = one.word
        if moved is not None:
            self.moving.add(moved.coin)
            what = f"{moved.quantity:f} {moved.coin} {one.word}"
        self._pending.append(printable(what + day))


SAYINGS = {
    "void": "transactions that failed, expired or were canceled, and moved nothing",
    "elsewhere": "wallets with coins that are not of this key's portfolio (vaults, other"
    " portfolios), not read",
    "unlisted": "wallets with coins whose transactions Coinbase does not list, not read",
    "gone": "transactions that were not in force and are not listed any more",
}


def _holds(raw: RawTransaction) -> bool:
    """Return whether anything is in a wallet, as far as it can be read."""
    balance = raw.get("balance")
    amount = balance.get("amount") if isinstance(balance, dict) else None
    return str(amount or "0").strip("0.") != ""
