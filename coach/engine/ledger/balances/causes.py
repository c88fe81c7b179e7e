"""What a gap looks like: which fault in the books would make the balances part just so.

What is missing moves the stated balances as it would have moved the books, and what the books have
too much moves them the other way. Nothing is guessed beyond that: where several faults fit, the
plainer name is given, and the dates say where to look.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial

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

    @cache
    def read(some: tuple[BalanceJump, ...], span: tuple[datetime, datetime]) -> Sequence[CoinFill]:
        return fills_near(some, span)

    def near(some: Sequence[BalanceJump], span: tuple[datetime, datetime]) -> Sequence[CoinFill]:
        return read(tuple(some), span)

    def fills_of(first: Sequence[BalanceJump]) -> Sequence[CoinFill]:
        return near(first, (THE_BEGINNING, max(one.before for one in first)))

    groups = beginnings.joined(_together(jumps), fills_of, _undoes)
    own = [one for one in entries if one.account == account]
    parts = [part for group in groups for part in _taken_apart(group, near, own)]
    parts.sort(key=lambda group: min(one.before for one in group))
    return [_gap(account, group, near, entries) for group in parts]


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


def _taken_apart(
    group: list[BalanceJump], fills_near: FillsNear, own: Sequence[AccountEntry]
) -> list[list[BalanceJump]]:
    """Return the coins of a group by the faults that explain some of them to the last digit.

    An entry that is counted twice is one where the rest is no trade: what was bought and sent away
    whole looks the same if its purchase is missing.
    """
    parts, rest = [], list(group)
    for fill in fills_near(rest, _span(rest)) if len(rest) > 1 else ():
        part = [one for one in rest if one.coin in changes_of(fill)]
        if _undoes(fill, part):
            parts.append(part)
            rest = [one for one in rest if one not in part]
    if len(rest) > 1 and not _is_trade(rest):
        twice = [one for one in rest if _doubled_entry(one, own) is not None]
        parts += [[one] for one in twice]
        rest = [one for one in rest if one not in twice]
    return [*parts, rest] if rest else parts


def _is_trade(group: Sequence[BalanceJump]) -> bool:
    """Return whether one coin came, and at most two left for it."""
    return len(group) <= FEW_COINS and sum(one.amount > ZERO for one in group) == 1


def _doubled_entry(jump: BalanceJump, own: Sequence[AccountEntry]) -> AccountEntry | None:
    """Return the entry of the account without which the balances would agree."""
    undone = negated(jump.amount)
    about = (one for one in own if one.coin == jump.coin and one.quantity == undone)
    return next((one for one in about if _start(jump) < one.at <= jump.before), None)


def _span(group: Sequence[BalanceJump]) -> tuple[datetime, datetime]:
    """Return when the coins agreed last, and when all of them part."""
    return max(map(_start, group)), max(one.before for one in group)


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
    span = after, _ = _span(group)
    before = min(one.before for one in group)
    known = None if after == THE_BEGINNING else after
    gap = BalanceGap(account, "missing_rows", amounts, known, before)
    fills = fills_near(group, span)
    too_much = next((one for one in fills if _undoes(one, group)), None)
    if too_much is not None:
        cause: GapCause = "doubled_fill" if too_much.twins else "extra_fill"
        return _named(gap, cause, fill=too_much)
    if len(group) == 1:
        until_then = partial(fills_near, group, (THE_BEGINNING, span[1]))
        charged = charges.wrongly_charged(fills, group[0], until_then)
        return _of_one_coin(gap, group[0], charged, entries)
    return _named(gap, "missing_trade") if _is_trade(group) else gap


def _of_one_coin(
    gap: BalanceGap,
    jump: BalanceJump,
    charged: CoinFill | None,
    entries: Sequence[AccountEntry],
) -> BalanceGap:
    twice = _doubled_entry(jump, [one for one in entries if one.account == gap.account])
    if twice is not None:
        return _named(gap, "doubled_entry", transfer=twice.id)
    sent = next((one for one in entries if _may_have_arrived(one, gap.account, jump)), None)
    if sent is not None:
        return _named(gap, "lost_transfer", transfer=sent.id)
    if charged is not None:
        return _named(gap, "wrong_fee", fill=charged)
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
    if set(changes) != {one.coin for one in group} or any(fill.at > one.before for one in group):
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
