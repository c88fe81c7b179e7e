"""The kinds of ledger entries: our closed set of words, beside each source's own word.

A source's word is kept as it is; what it means is decided here, when it is read, so that a word
that is learned later also counts for what was imported before.
"""

import re
from decimal import Decimal
from typing import Literal, get_args

EntryKind = Literal[
    "deposit",
    "withdrawal",
    "transfer",
    "fee",
    "funding",
    "interest",
    "reward",
    "convert",
    "dust",
    "rename",
    "split",
    "opening",
    "settlement",
    "adjustment",
    "other",
]
ENTRY_KINDS: tuple[EntryKind, ...] = get_args(EntryKind)
SENT: tuple[EntryKind, ...] = ("deposit", "withdrawal")
"""Kinds by which coins come from and go to another account."""

_MEANINGS: tuple[tuple[EntryKind, str], ...] = (
    ("dust", "dust|small assets? exchange"),
    (
        "rename",
        r"\brename|(?:cusip|isin|symbol) change|asset migration|token swap|redenominat|wrap asset",
    ),
    ("split", r"\bsplit"),
    ("funding", "funding (?:fee|rate|payment)|^funding$|rollover"),
    (
        "settlement",
        r"^margin$|^settled$|settlement|realized p|\bpnl\b|profit and loss|cash in lieu",
    ),
    ("transfer", "conversion transfer|between|internal|cross-exchange transfer"),
    ("adjustment", r"\bclawback"),
    ("convert", "convert|conversion"),
    (
        "reward",
        "reward|staking income|^staking$|airdrop|earn$|cash ?back|rebate|kickback|referral|bonus",
    ),
    ("reward", "distribution|incentives|earn payout|commission (?:rebate|history)"),
    ("interest", "interest|dividend"),
    ("opening", "^opening"),
    ("adjustment", "adjust|correction|reversal|debit|credit"),
    ("fee", r"\bfees?\b|commission|^subscription$|card spend|withholding|\btax\b"),
    ("transfer", "staking|vault|main account|futures wallet|^transfer$|spotfrom|allocation"),
    ("transfer", "subscription$|redemption$"),
)
_SENT_WORD = re.compile(
    r"deposit|withdraw|\bsend\b|\bsent\b|receive|transfer(?:red)?[ _-]?(?:in|out)\b|top[ -]?up"
    "|cash to savings|donation|gift"
)


def entry_kind(word: str, quantity: Decimal | None) -> EntryKind:
    """Return what a source's word for a row means; which way coins moved decides between two."""
    text = word.lower()
    for kind in ENTRY_KINDS:
        if text == kind and kind not in SENT:
            return kind
    if _SENT_WORD.search(text):
        came = quantity is not None and quantity > 0
        return "deposit" if came else "withdrawal"
    return next((kind for kind, pattern in _MEANINGS if re.search(pattern, text)), "other")
