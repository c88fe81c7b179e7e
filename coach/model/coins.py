"""What may be the name of a coin, a currency or a share: one check for every source.

A name has letters of any script, the digits 0 to 9, `$` and `*`, and dots that a letter follows
(`BRK.B`, `MATIC.S`); a combining mark stands behind a letter. It has at most 20 characters and is
always written the same way, in NFKC and upper case: `btc` and `BTC` in full-width letters are one.

What a cell holds after the cells of a row have shifted is refused: numbers (`18.00`, `1e5`),
amounts (`18.00USD`, `600USDT`), dates, signs, blanks, and the words that programs write for
nothing (`NaN`). So is every character that cannot be seen. A whole number is a name only where
its place proves it (`4` on Binance, `7203` in Tokyo): `market_base` takes it, `coin_name` not.
"""

import re
import unicodedata

LONGEST = 20
BLANKS = " \t\r\n"

_PLAIN = re.compile(r"[A-Z][A-Z0-9]{0,19}")
_SHAPE = re.compile(r"(?:\$(?=L))?(?:LM*|9)(?:LM*|9|[$*]|\.(?=L))*")
"""The kinds of a name's characters, see `_kind`."""
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?E[0-9]+")
_AMOUNT = re.compile(r"[0-9]+(?:USD[TC]?|EUR|GBP|BTC|ETH|BNB)")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,6}")
_WORDS_FOR_NOTHING = frozenset(("NAN", "NONE", "NULL"))
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters and marks that Unicode says to show as nothing."""


def coin_name(text: str) -> str:
    """Return the name of the coin that a text names, or nothing where it names none."""
    if _PLAIN.fullmatch(text) and text not in _WORDS_FOR_NOTHING:
        return text
    name = folded(text)
    return name if _is_name(name) else ""


def market_base(text: str) -> str:
    """Return what a market trades: a coin's name, or a whole number of at most six digits.

    Only for a cell that can hold nothing else, such as the part of a pair before its currency.
    """
    name = folded(text)
    return name if _WHOLE_NUMBER.fullmatch(name) else coin_name(text)


def folded(text: str) -> str:
    """Return a text as names are compared: NFKC, upper case, without blanks around it."""
    if text.isascii():
        return text.strip(BLANKS).upper()
    upper = unicodedata.normalize("NFKC", text).upper()
    return unicodedata.normalize("NFKC", upper).strip(BLANKS)


def _is_name(name: str) -> bool:
    if len(name) > LONGEST or folded(name) != name or _INVISIBLE.search(name):
        return False
    if name in _WORDS_FOR_NOTHING or _NUMBER.fullmatch(name) or _AMOUNT.fullmatch(name):
        return False
    shape = "".join(map(_kind, name))
    return "L" in shape and bool(_SHAPE.fullmatch(shape))


def _kind(sign: str) -> str:
    """Return L for a letter, M for a mark, 9 for a digit, a sign for itself, `?` for the rest."""
    if sign in "0123456789":
        return "9"
    if sign in ".$*":
        return sign
    category = unicodedata.category(sign)[0]
    return category if category in "LM" else "?"
