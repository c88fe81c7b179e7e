"""The transactions of a wallet, from the newest back to where they are known.

A list ends where `next_uri` is empty, and nowhere else: a page may hold less than was asked for. Of
that address only what the next page begins after is taken, never the address itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from coach.brokers.base import LONGEST_ID, is_id
from coach.brokers.coinbase.answers import BROKER
from coach.brokers.coinbase.transactions import ReadTransaction, read_transaction, trimmed
from coach.brokers.entries import EntryMark, EntryPlace, RawTransaction, TransactionPage
from coach.errors import BrokerTrouble, TryLater

ACCOUNTS = "/v2/accounts"
PAGE = 100
MOST_A_PAGE = 1_000
MOST_PAGES = 500
"""Of all wallets, in one sync; the next one goes on behind them."""
MOST_PAGES_A_WALLET = 2_000
LONGEST = timedelta(minutes=15)
"""For all of them together."""
PAST = timedelta(days=1)
"""Where a known transaction is not listed any more, what is so much older ends the reading."""

GetAt = Callable[[str, list[tuple[str, str]]], dict[str, object]]


@dataclass(slots=True)
class PagedLists:
    """Lists of the v2 API, asked page by page, within limits that leave time for the fills."""

    get: GetAt
    now: Callable[[], datetime]
    left: int = MOST_PAGES
    _until: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._until = self.now() + LONGEST

    def ask(self, path: str, params: list[tuple[str, str]]) -> dict[str, object]:
        """Return the answer at a path."""
        if self.now() > self._until:
            minutes = LONGEST // timedelta(minutes=1)
            reason = f"its lists of transactions take more than {minutes} minutes (limit)"
            raise TryLater("the next sync goes on there", broker=BROKER, reason=reason)
        return self.get(path, params)

    def page(self, path: str, after: str) -> TransactionPage:
        """Return the page of a list that begins after an id."""
        if not self.left:
            reason = f"more than {MOST_PAGES} pages of transactions in one sync (limit)"
            raise TryLater("the next sync goes on there", broker=BROKER, reason=reason)
        self.left -= 1
        answer = self.ask(
            path, [("limit", str(PAGE)), *([("starting_after", after)] * bool(after))]
        )
        rows = answer.get("data")
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            raise BrokerTrouble(broker=BROKER, reason=f"a page of {path} without a list")
        if len(rows) > MOST_A_PAGE:
            reason = f"a page of {len(rows)} transactions, more than {MOST_A_PAGE} (limit)"
            raise BrokerTrouble(broker=BROKER, reason=reason)
        return TransactionPage(rows, _following(answer.get("pagination"), rows))


@dataclass(slots=True)
class WalletWalk:
    """What one wallet tells that is new, and the mark that its reading leaves.

    `mark` is None where the reading ended before what is known, so that older ones may be missing.
    """

    wallet: str
    found: list[ReadTransaction] = field(default_factory=list)
    mark: EntryMark | None = None

    def read(self, lists: PagedLists, place: EntryPlace, since: datetime | None) -> "WalletWalk":
        """Read to the mark, or with `since` to that moment, whatever is known; to the end else."""
        known = place.mark(self.wallet)
        met, seen = known is None and since is None, set[str]()
        for page in self._pages(lists, place, is_kept=since is None):
            for raw in page.rows:
                one = read_transaction(raw)
                is_known = _is_known(one, known)
                if since is None and is_known:
                    return self._ended(known)
                met = met or is_known
                if since is not None and one.at is not None and one.at.at < since:
                    return self._ended(known) if met else self
                if not one.id or one.id not in seen:
                    seen.add(one.id)
                    self.found.append(one)
            if page.following and since is None:
                place.keep(self.wallet, page)
        return self._ended(known)

    def _ended(self, known: EntryMark | None) -> "WalletWalk":
        """Note the newest transaction as the one up to which the wallet is known."""
        named = ((one.id, one.at) for one in self.found if one.id)
        newest = next(((name, at.at) for name, at in named if at is not None), None)
        self.mark = known if newest is None else EntryMark(*newest)
        return self

    def _pages(
        self, lists: PagedLists, place: EntryPlace, *, is_kept: bool
    ) -> Iterator[TransactionPage]:
        after, used = "", {""}
        for page in place.pages(self.wallet) if is_kept else ():
            yield TransactionPage(page.rows, "")
            after = page.following
            used.add(after)
        path = f"{ACCOUNTS}/{self.wallet}/transactions"
        while True:
            page = lists.page(path, after)
            yield page._replace(rows=[trimmed(one) for one in page.rows])
            after = page.following
            if not after:
                return
            if after in used or len(used) > MOST_PAGES_A_WALLET:
                reason = f"its list of transactions has no end ({len(used)} pages)"
                raise BrokerTrouble(broker=BROKER, reason=reason)
            used.add(after)


def _is_known(one: ReadTransaction, known: EntryMark | None) -> bool:
    if known is None:
        return False
    return one.id == known.newest or (one.at is not None and one.at.at < known.at - PAST)


def _following(pagination: object, rows: list[RawTransaction]) -> str:
    """Return what the next page begins after: what the address of it says, or the last id here."""
    address = pagination.get("next_uri") if isinstance(pagination, dict) else None
    if not isinstance(address, str) or not address:
        return ""
    named = parse_qs(urlsplit(address).query).get("starting_after", [""])[-1]
    after = named or str(rows[-1].get("id") or "" if rows else "")
    if not after or not is_id(after):
        reason = f"a page whose next one begins after no id of at most {LONGEST_ID} characters"
        raise BrokerTrouble(broker=BROKER, reason=reason)
    return after
