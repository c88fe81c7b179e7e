"""Kinds about money: how large, how much lost, how much paid."""

from coach.engine.rules.kinds.spec import (
    CURRENCY,
    WINDOW,
    Params,
    Spec,
    above,
    limits,
    money,
    number,
    several,
    whole,
)


def _size(params: Params) -> str:
    return (
        f"No entry above {params['ratio']} times the median size"
        f" of the {params['window']} entries before it"
    )


def _size_after(params: Params) -> str:
    losses = several(number(params, "losses"), "loss", "losses")
    return f"After {losses} in a row, no entry above {params['ratio']} times the median size"


def _loss(params: Params) -> str:
    return f"No new trade on a day that has lost {money(params, 'equity')}"


def _drawdown(params: Params) -> str:
    lost = money(params, "its height")
    return f"No new trade while {lost} is lost since the best of {_days(params)}"


def _days(params: Params) -> str:
    return several(number(params, "days"), "day")


def _share(params: Params) -> str:
    return f"No more than {params['share']} % of equity in one position"


def _fees(params: Params) -> str:
    currency = params.get("currency")
    budget = f"{params['budget']} {currency}" if currency else f"{params['budget']} of a currency"
    return f"No new trade in a week whose fees have come to {budget}"


LIMIT = ("amount", "percent")
SPECS = (
    Spec(
        "max_size_vs_median",
        "No entry far larger than the usual one",
        {
            "ratio": above(
                "how many times the median opening order an opening order may be", 1, 1_000
            ),
            "window": WINDOW,
        },
        _size,
        {"ratio": "up", "window": "ask"},
        threshold="ratio",
    ),
    Spec(
        "max_loss_per_day",
        "No new trade on a day that has lost so much",
        limits(
            "net loss realised on one day of the trader's time zone",
            "the same, in percent of the equity at the beginning of the day",
        ),
        _loss,
        {"amount": "up", "percent": "up", "currency": "ask"},
        one_of=LIMIT,
        optional=("currency",),
        needs=("equity",),
        threshold="amount",
    ),
    Spec(
        "max_drawdown",
        "No new trade in a drawdown so deep",
        {
            **limits(
                "how far the sum of net results may be below its best",
                "how far equity may be below its best, in percent of that",
            ),
            "days": {**whole("days that the best is looked for in", 1, 3_650), "default": 30},
        },
        _drawdown,
        {"amount": "up", "percent": "up", "currency": "ask", "days": "down"},
        one_of=LIMIT,
        optional=("currency",),
        needs=("equity",),
        threshold="amount",
    ),
    Spec(
        "size_cap_after_losses",
        "No large entry after losses",
        {
            "losses": whole("losing closes in a row", 1, 100),
            "ratio": {
                **above("how many times the median an opening order may then be", 0, 1_000),
                "default": 1,
            },
            "window": WINDOW,
        },
        _size_after,
        {"losses": "up", "ratio": "up", "window": "ask"},
        threshold="ratio",
    ),
    Spec(
        "max_concentration",
        "No position that is too large a part of the money",
        {"share": above("cost of the position, in percent of equity", 0, 1_000)},
        _share,
        {"share": "up"},
        needs=("equity", "orders"),
        threshold="share",
    ),
    Spec(
        "fee_budget_per_week",
        "No new trade in a week whose fees are spent",
        {
            "budget": above(
                "fees of what was closed in one week, Monday to Sunday", 0, 1_000_000_000_000
            ),
            "currency": CURRENCY,
        },
        _fees,
        {"budget": "up", "currency": "ask"},
        optional=("currency",),
        threshold="budget",
    ),
)
