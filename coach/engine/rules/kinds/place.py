"""Kinds about when and what: hours, symbols, the market's moves, the position itself."""

from coach.engine.rules.kinds.spec import Params, Spec, above, listed, names, several, whole
from coach.engine.rules.week import DAYS, allowed

SYMBOL = "^[A-Z0-9._]{1,24}(-[A-Z0-9._]{1,24})?$"
CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9]$"


def _spike(params: Params) -> str:
    minutes = several(float(str(params["horizon"])), "minute")
    return f"No entry after a move of {params['z']} usual moves within {minutes}"


def _adding(params: Params) -> str:
    if params["below"] == 0:
        return "Nothing added to a losing position"
    return f"Nothing added to a position that is {params['below']} % behind"


def _hours(params: Params) -> str:
    days = listed(params, "days")
    which = "" if len(days) == len(DAYS) else f" on {', '.join(days)}"
    return f"New trades only from {params['from']} to {params['until']}{which}"


def _locked(params: Params) -> str:
    return f"No new trade in {', '.join(listed(params, 'symbols'))}"


def _allowed(params: Params) -> str:
    return f"New trades only in {', '.join(listed(params, 'only'))}"


def _opens_more(before: Params, after: Params) -> bool:
    """Say whether a minute of the week is free now that was not."""
    return bool(allowed(after) - allowed(before))


SPECS = (
    Spec(
        "no_entry_after_spike",
        "No entry into a move that has already happened",
        {
            "z": above("size of the move, in usual moves of that length", 0, 100),
            "horizon": {**whole("minutes before the entry", 1, 10_080), "default": 60},
        },
        _spike,
        {"z": "up", "horizon": "ask"},
        needs=("candles",),
        threshold="z",
    ),
    Spec(
        "no_averaging_down",
        "Nothing added to a losing position",
        {
            "below": {
                "type": "number",
                "minimum": 0,
                "maximum": 100,
                "default": 0,
                "description": "percent that the price may be on the wrong side of the average",
            }
        },
        _adding,
        {"below": "up"},
        needs=("orders",),
        threshold="below",
    ),
    Spec(
        "trading_hours",
        "New trades at these hours and on these days alone",
        {
            "from": {
                "type": "string",
                "pattern": CLOCK,
                "default": "00:00",
                "description": "first minute, on the trader's clock",
            },
            "until": {
                "type": "string",
                "pattern": CLOCK,
                "default": "00:00",
                "description": "first minute after; at or before `from` it is the next day's",
            },
            "days": {
                "type": "array",
                "items": {"enum": list(DAYS)},
                "minItems": 1,
                "maxItems": 7,
                "uniqueItems": True,
                "default": list(DAYS),
                "description": "days on which the hours begin",
            },
        },
        _hours,
        {"from": "ask", "until": "ask", "days": "ask"},
        loosens=_opens_more,
    ),
    Spec(
        "symbol_lock",
        "No new trade in these symbols",
        {"symbols": names("BASE-QUOTE, or a base coin whatever its quote", SYMBOL, 500)},
        _locked,
        {"symbols": "fewer"},
    ),
    Spec(
        "symbol_allow_list",
        "New trades in these symbols alone",
        {"only": names("BASE-QUOTE, or a base coin whatever its quote", SYMBOL, 500)},
        _allowed,
        {"only": "more"},
    ),
)
