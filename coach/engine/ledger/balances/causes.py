"""What a gap looks like: which fault in the books would make the balances part just so.

What is missing moves the stated balances as it would have moved the books, and what the books have
too much moves them the other way. Nothing is guessed beyond that: where several faults fit, the
plainer name is given, and the dates say where to look.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from coach.engine.ledger.balances import beginnings, charges
from coach.engine.ledger.balances.transfers import LONGEST, lost
from coach.engine.ledger.exact import ZERO, add, multiply, negated
from coach.model.entries.entry import AccountEntry
from coach.model.entries.reconciliation import BalanceGap, BalanceJump, CoinFill, GapCause

FEW_COINS = 3
THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

VAGUE: tuple[GapCause, ...] = ("missing_trade", "missing_rows", "missing_entry", "opening")

FillsNear = Callable[[Sequence[BalanceJump], tuple[datetime, datetime]], Sequence[CoinFill]]


def gaps_of(
    account: str,
    jumps: Iterable[BalanceJump],
    fills_near: FillsNear,
    entries: Sequence[AccountEntry],
) -> list[BalanceGap]:
    """Return the gaps of an account, oldest first.

    `fills_near` returns fills that moved the coin of a jump between two moments, or two coins of
    several jumps; `entries` are the lone sends of all accounts, and every entry of this one.
    """

    def fills_of(first: Sequence[BalanceJump]) -> Sequence[CoinFill]:
        return fills_near(first, (THE_BEGINNING, first[0].before))

    groups = beginnings.joined(_together(jumps), fills_of, _undoes)
    groups.sort(key=lambda group: min(one.before for one in group))
    return [_gap(account, group, fills_near, entries) for group in groups]


def is_unread(gap: BalanceGap, entries: Iterable[AccountEntry]) -> bool:
    """Return whether a gap may be what a broker that tells only trades did not tell.

    So it is where nothing names its cause, and no other source told entries of its span.
    """
    if gap.cause not in VAGUE:
        return False
    start = gap.after or THE_BEGINNING
    own = (one.at for one in entries if one.account == gap.account)
    return not any(start < at <= gap.before for at in own)


def _together(jumps: Iterable[BalanceJump]) -> list[list[BalanceJump]]:
    """Return the jumps that one fault may have made: those whose spans overlap.

    Those that show at one moment go together before any others do: a trade shows so where both of
    its coins are stated after it. A coin that never agreed before overlaps with everything up to
    its first balance: it goes with others where one of them left for it, or came for it.
    """
    at_once: dict[datetime, list[BalanceJump]] = defaultdict(list)
    alone: list[BalanceJump] = []
    for jump in jumps:
        (alone if jump.after is None else at_once[jump.before]).append(jump)
    groups = [sorted(group, key=_coin) for group in at_once.values() if len(group) > 1]
    alone += [group[0] for group in at_once.values() if len(group) == 1]
    for jump in sorted(alone, key=lambda one: (one.after is None, one.before, one.coin)):
        fitting = [group for group in groups if _is_of_one_fault(group, jump)]
        at_its_moment = (one for one in fitting if any(jump.before == it.before for it in one))
        group = next(at_its_moment, fitting[0] if fitting else None)
        if group is None:
            groups.append([jump])
        else:
            group.append(jump)
    return groups


def _is_of_one_fault(group: Sequence[BalanceJump], jump: BalanceJump) -> bool:
    """Return whether a jump may have been made by the fault that made the others."""
    for one in group:
        if one.coin == jump.coin or _start(jump) >= one.before or _start(one) >= jump.before:
            return False
    if jump.after is not None:
        return True
    known = [one for one in group if one.after is not None]
    return any((one.amount > ZERO) is not (jump.amount > ZERO) for one in known)


def _coin(jump: BalanceJump) -> str:
    return jump.coin


def _start(jump: BalanceJump) -> datetime:
    return jump.after or THE_BEGINNING


def _gap(
    account: str,
    group: list[BalanceJump],
    fills_near: FillsNear,
    entries: Sequence[AccountEntry],
) -> BalanceGap:
    amounts = tuple((one.coin, one.amount) for one in group)
    after, before = max(map(_start, group)), min(one.before for one in group)
    latest = max(one.before for one in group)
    known = None if after == THE_BEGINNING else after
    gap = BalanceGap(account, "missing_rows", amounts, known, before)
    fills = fills_near(group, (after, latest))
    too_much = next((one for one in fills if _undoes(one, group)), None)
    if too_much is not None:
        cause: GapCause = "doubled_fill" if too_much.twins else "extra_fill"
        return _named(gap, cause, fill=too_much)
    if len(group) == 1:
        return _of_one_coin(gap, group[0], fills, entries)
    came = [amount for _, amount in amounts if amount > ZERO]
    is_trade = len(came) == 1 and len(amounts) <= FEW_COINS
    return _named(gap, "missing_trade") if is_trade else gap


def _of_one_coin(
    gap: BalanceGap,
    jump: BalanceJump,
    fills: Sequence[CoinFill],
    entries: Sequence[AccountEntry],
) -> BalanceGap:
    charged = charges.wrongly_charged(fills, jump)
    if charged is not None:
        return _named(gap, "wrong_fee", fill=charged)
    for one in entries:
        own = one.account == gap.account and one.coin == jump.coin
        within = _start(jump) < one.at <= jump.before
        if own and within and one.quantity is not None and one.quantity == negated(jump.amount):
            return _named(gap, "doubled_entry", transfer=one.id)
    sent = next((one for one in entries if _may_have_arrived(one, gap.account, jump)), None)
    if sent is not None:
        return _named(gap, "lost_transfer", transfer=sent.id)
    return _named(gap, "missing_entry" if gap.after is not None else "opening")


def _may_have_arrived(one: AccountEntry, account: str, jump: BalanceJump) -> bool:
    """Return whether the other side of a send in another account is what the books lack here."""
    if one.account == account or one.coin != jump.coin or not one.quantity:
        return False
    if (one.quantity > ZERO) is (jump.amount > ZERO):
        return False
    gone, came = (one.quantity, jump.amount) if one.quantity < ZERO else (jump.amount, one.quantity)
    fee = one.fee if one.quantity < ZERO else ZERO
    near = one.at - LONGEST <= jump.before and _start(jump) <= one.at + LONGEST
    return near and lost(gone, fee, came) is not None


def _undoes(fill: CoinFill, group: Sequence[BalanceJump]) -> bool:
    """Return whether the gap is what the books would be without a fill, coin by coin."""
    changes = changes_of(fill)
    if set(changes) != {one.coin for one in group}:
        return False
    return all(abs(add(changes[one.coin], one.amount)) <= one.allowance for one in group)


def changes_of(fill: CoinFill) -> dict[str, Decimal]:
    """Return what a fill did to each coin, its fee included."""
    base, _, quote = fill.symbol.rpartition("-")
    value = multiply(fill.quantity, fill.price)
    changes: dict[str, Decimal] = {}
    sides = (fill.quantity, negated(value))
    if fill.side == "sell":
        sides = negated(fill.quantity), value
    charged = fill.fee_currency, negated(fill.fee)
    for coin, change in ((base, sides[0]), (quote, sides[1]), charged):
        changes[coin] = add(changes.get(coin, ZERO), change)
    return {coin: change for coin, change in changes.items() if change}


def _named(
    gap: BalanceGap, cause: GapCause, fill: CoinFill | None = None, transfer: str = ""
) -> BalanceGap:
    return BalanceGap(gap.account, cause, gap.amounts, gap.after, gap.before, fill, transfer)
