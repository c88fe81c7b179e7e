"""What the words of a header probably mean, where the header as a whole is none that is known.

`Commission paid`, `Fees (USDT)`, `Exec qty` and `Commision` are found by their words; words such as
`limit` or `order` say that another column is the better one.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from coach.brokers.statements.mapping.closed_trades import MONEY
from coach.brokers.statements.mapping.figures import SYMBOLS
from coach.brokers.statements.pairs import QUOTES

Words = frozenset[str]

LEAST_LIKENESS = 0.85
SHORTEST_MISSPELLED = 6
_BRACKETS = re.compile(r"\s*[(\[]\s*([^()\[\]]{0,12}?)\s*[)\]]\s*")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_CURRENCIES = frozenset((*QUOTES, *MONEY))
_FEES = "fee|fees|commission|commissions|charge|charges|brokerage|comm|gebühr|gebühren|provision"


def _set(text: str) -> Words:
    return frozenset(text.split("|"))


class FieldWords(NamedTuple):
    """Words of which a header of a field has one from each group, and those that it has not.

    `worse` are words that another column of the field is better without.
    """

    field: str
    groups: tuple[Words, ...]
    never: Words = frozenset()
    worse: Words = frozenset()

    def fits(self, words: Words) -> bool:
        """Return whether a header of these words may be of the field."""
        return not words & self.never and all(map(words.intersection, self.groups))


def _words(*texts: str) -> tuple[Words, ...]:
    return tuple(map(_set, texts))


_NUMBERS = "id|no|number|#|ref|reference|nr"
_UNITS = "currency|coin|asset|unit|token|ccy"
_NO_FIGURE = _set(f"{_UNITS}|{_FEES}|rate|tier|percent|percentage|%|type|id")
_OF_AN_ORDER = _set("order|ordered|limit|stop|trigger|requested|original|remaining")
FIELDS: tuple[FieldWords, ...] = (
    FieldWords("fee_currency", _words(_FEES, _UNITS)),
    FieldWords("fee", _words(_FEES), _set(_UNITS) | {"rate", "tier", "percent"}),
    FieldWords("profit", _words("realized|realised|closed", "pnl|profit|p&l|p/l|gain|loss")),
    FieldWords(
        "time",
        _words("time|date|when|timestamp|datetime|executed|zeit|datum|fecha|hora|heure|date/time"),
        frozenset(("zone", "force", "type")),
        _OF_AN_ORDER | _set("created|placed|updated|settle|settlement|value|expiry"),
    ),
    FieldWords("order", _words("order", _NUMBERS)),
    FieldWords(
        "id", _words("trade|deal|execution|exec|fill|transaction|tx|txn", _NUMBERS), _set("type")
    ),
    FieldWords(
        "price",
        _words("price|rate|px|kurs|preis|prix|precio|preço|prezzo|prijs|paid|each"),
        _NO_FIGURE - {"rate"},
        _OF_AN_ORDER | _set("target|mark|index|high|low|sl|tp|loss|profit|exchange"),
    ),
    FieldWords("price", _words("unit", "cost|price|value")),
    FieldWords(
        "quantity",
        _words(
            "qty|quantity|size|shares|units|volume|contracts|lots|lot|filled|executed|amount|menge"
            "|stück|anzahl|count|pieces|pcs"
        ),
        _NO_FIGURE | _set("price|value|total|usd|notional|time|date|at"),
        _OF_AN_ORDER | {"total", "quote"},
    ),
    FieldWords(
        "total",
        _words("total|value|proceeds|notional|sum|cost|consideration|gross|net"),
        _NO_FIGURE | {"pnl", "profit", "p&l", "p/l", "loss", "price"},
        frozenset(("net", "balance")),
    ),
    FieldWords("side", _words("side|direction|action|way|operation|position|type|kind")),
    FieldWords(
        "symbol",
        _words("symbol|pair|market|instrument|ticker|security|product|contract|stock|asset|coin"),
        _set(f"{_FEES}|type|class|price"),
    ),
)
"""In the order in which they are looked for: the words of fees before those of prices."""

_VOCABULARY = tuple(
    word
    for field in FIELDS
    for group in field.groups
    for word in group
    if len(word) >= SHORTEST_MISSPELLED
)


def plain(label: str) -> str:
    """Return a header without its currency in brackets, its dots, and its joined words."""
    bare = _BRACKETS.sub(lambda found: " " if _is_unit(found[1]) else found[0], label)
    spaced = re.sub(r"[_.:]", " ", _CAMEL.sub(" ", bare))
    return " ".join(spaced.split()).lower()


def unit_in(label: str) -> str:
    """Return the currency that a header names in brackets, as in `Fees (USDT)`, or nothing."""
    for found in _BRACKETS.finditer(label):
        if found[1] and _is_unit(found[1]):
            return SYMBOLS.get(found[1].upper(), found[1].upper())
    return ""


def _is_unit(text: str) -> bool:
    return not text or text.upper() in _CURRENCIES or text.upper() in SYMBOLS


def words_of(label: str) -> Words:
    """Return the words of a header, misspelled ones as they are meant."""
    return frozenset(_meant(word) for word in re.split(r"[\s()\[\],-]+", plain(label)) if word)


def _meant(word: str) -> str:
    if len(word) < SHORTEST_MISSPELLED:
        return word
    near = difflib.get_close_matches(word, _VOCABULARY, 1, LEAST_LIKENESS)
    return near[0] if near else word


def likely_places(
    labels: Sequence[str], taken: Mapping[str, int]
) -> Iterator[tuple[str, list[int]]]:
    """Yield each field that has no column yet, with the columns whose words fit, the best first."""
    words = [words_of(label) for label in labels]
    for field in FIELDS:
        if field.field in taken:
            continue
        places = [at for at, one in enumerate(words) if field.fits(one)]
        yield field.field, sorted(places, key=lambda at: len(words[at] & field.worse))
