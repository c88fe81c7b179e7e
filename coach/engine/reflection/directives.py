"""Directive language: what asks for a trade call, and what would give one.

coach speaks of behaviour. Whether to buy, sell, hold, size up or wait for a price is never said,
in any phrasing that is known here; the red-team suite holds the phrasings.
"""

import re
import unicodedata
from typing import Final

ACT: Final = (
    r"(?:buy|sell|hold|hodl|short|long|enter|exit|scalp|ape|accumulate|offload|dump|liquidate|"
    r"rebuy|invest|cash out|get (?:in|out)|take profits?|average down|double down|add to|"
    r"size up|scale (?:in|out)|go (?:long|short|all in)|open|close|trim|reduce|increase|"
    r"load up|all in|set (?:a|my|the) (?:stop|target|limit)|bet|leverage)"
)
ASKING: Final = (
    r"(?:should|shall|must|can|could|may|do|would|will|ought|need|better|time|moment|good|wise|"
    r"smart|safe|want you to|tell me|advise|recommend|suggest|which|what|when|where|whether|"
    r"worth|right|now|today|tomorrow|tonight|next)"
)
PAST: Final = re.compile(
    r"\b(?:did|was|were|have i|had i|do i (?:often|usually|always|tend|still|really)|why do i|"
    r"how often|how much did|am i|when do i|"
    r"do i .{0,40}\b(?:too|often|early|earlier|late|later|longer|losers|winners|after|while))\b"
)
"""A question about what was, or what one tends to do: it asks for no call."""
CALLS: Final = (
    re.compile(rf"\b{ASKING}\b.{{0,60}}\b{ACT}\b"),
    re.compile(rf"\b{ACT}\b.{{0,40}}\b(?:now|today|tomorrow|here|or (?:not|wait|sell|hold|buy))\b"),
    re.compile(rf"^\W*{ACT}\b.{{0,40}}\?"),
)
MARKET: Final = re.compile(
    r"\b(?:price (?:target|prediction|forecast)|target price|stop price|entry point|exit point|"
    r"entry price|predict|forecast|prediction|signal|hot tip|next big|moon|bottom(?:ed)?|"
    r"will .{1,40}(?:go|rise|fall|drop|crash|pump|dump|rally|recover|reach|hit|double)|"
    r"(?:bullish|bearish)|which (?:coin|token|asset|stock|market|symbol)|what (?:coin|token|"
    r"asset|stock)|portfolio allocation|how (?:much|many) .{0,30}\b(?:buy|sell|put|invest|bet|"
    r"risk)\b)"
)


def plain_letters(text: str) -> str:
    """Return a text in small plain letters: without accents, wide forms and invisible signs."""
    apart = unicodedata.normalize("NFKD", text)
    kept = (sign for sign in apart if unicodedata.category(sign) not in {"Mn", "Cf"})
    return " ".join("".join(kept).casefold().split())


def asks_for_a_trade(question: str) -> bool:
    """Say whether a question asks what to trade, when, how much, or where a price will go."""
    text = plain_letters(question)
    if MARKET.search(text):
        return True
    return not PAST.search(text) and any(call.search(text) for call in CALLS)
