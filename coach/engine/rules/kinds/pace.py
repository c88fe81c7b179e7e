"""Kinds about pace: how many trades, how soon, how long."""

from coach.engine.rules.kinds.spec import Params, Spec, above, number, several, whole

YEAR_MINUTES = 525_600


def _trades(params: Params) -> str:
    return f"At most {several(number(params, 'limit'), 'new trade')} on one day"


def _pause(params: Params) -> str:
    return f"No new trade within {several(number(params, 'minutes'), 'minute')} after a losing one"


def _streak(params: Params) -> str:
    losses = several(number(params, "losses"), "loss", "losses")
    return f"No new trade on a day after {losses} in a row"


def _open(params: Params) -> str:
    return f"At most {several(number(params, 'positions'), 'position')} open at once"


def _floor(params: Params) -> str:
    return f"Hold every trade for {several(number(params, 'minutes_at_least'), 'minute')} at least"


def _ceiling(params: Params) -> str:
    return f"Hold no trade longer than {several(number(params, 'minutes_at_most'), 'minute')}"


SPECS = (
    Spec(
        "max_trades_per_day",
        "No more than so many new trades on one day",
        {
            "limit": whole(
                "trades that may be opened on one day of the trader's time zone", 1, 10_000
            )
        },
        _trades,
        {"limit": "up"},
        threshold="limit",
    ),
    Spec(
        "cooldown_after_loss",
        "A pause after a losing trade",
        {
            "minutes": above(
                "minutes to wait after a losing close, whatever its symbol", 0, YEAR_MINUTES
            )
        },
        _pause,
        {"minutes": "down"},
        threshold="minutes",
    ),
    Spec(
        "stop_after_losses_in_a_row",
        "No new trade on a day after so many losses in a row",
        {"losses": whole("losing closes in a row, on one day of the trader's time zone", 1, 100)},
        _streak,
        {"losses": "up"},
        threshold="losses",
    ),
    Spec(
        "max_open_positions",
        "No more than so many positions open at once",
        {"positions": whole("positions that may be open, the new one among them", 1, 1_000)},
        _open,
        {"positions": "up"},
        threshold="positions",
    ),
    Spec(
        "holding_time_floor",
        "No trade closed sooner than that",
        {"minutes_at_least": above("minutes from the opening to the close", 0, YEAR_MINUTES)},
        _floor,
        {"minutes_at_least": "down"},
        threshold="minutes_at_least",
    ),
    Spec(
        "holding_time_ceiling",
        "No trade held longer than that",
        {"minutes_at_most": above("minutes from the opening to the close", 0, 10 * YEAR_MINUTES)},
        _ceiling,
        {"minutes_at_most": "up"},
        threshold="minutes_at_most",
    ),
)
