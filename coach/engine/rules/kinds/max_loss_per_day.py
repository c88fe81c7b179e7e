"""No new trades on a day of the trader's time zone once its loss reaches the limit.

What counts is the net result that was realised on that day before the entry, by whatever closed
a trade or a part of one; reaching the limit is enough. In percent it is of the declared equity and
all net results before that day. A prop-firm programme cuts its days at an hour of its own zone and
counts from the first day of its account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.rules.kinds.kind import Kind, LookBack, a_week, every_trade, no_reason
from coach.engine.rules.loss_facts import loss_needs, loss_texts, promised_loss
from coach.engine.rules.params import LIMIT, limits
from coach.engine.rules.programmes.params import DAY_PARAMS, LOOSER, days_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.kinds.kind import Need
    from coach.engine.rules.loss_facts import LossFacts, ShareFacts
    from coach.engine.rules.params import Params


def hits(params: Params, ground: Ground) -> Iterator[Hit[LossFacts | ShareFacts]]:
    """Yield each entry after the day's limit, with what was lost by then."""
    import numpy as np

    from coach.engine.rules.money_limits import Stretch, currencies, reached, starting_balance
    from coach.engine.rules.programmes.days import programme_days

    opened_us, programme = ground.history.opened_us, programme_days(params, ground.zone)
    own_days = not {"reset", "zone"} & set(params)
    for quote, every in currencies(params, ground):
        sums, rows = ground.nets(quote), programme.entries(every, ground)
        days = ground.days(sums.at_us) if own_days else programme.of(sums.at_us)
        entry_days = ground.entry_days[rows] if own_days else programme.of(opened_us[rows])
        base = programme.base(sums)
        start = np.maximum(np.searchsorted(days, entry_days, side="left"), base)
        end = np.maximum(sums.known(opened_us[rows]), start)
        money = starting_balance(params, ground)
        equity = None if money is None else money + sums.floats[start] - sums.floats[base]
        stretch = Stretch(ground.history.quotes[quote], rows, sums, start, end)
        yield from reached(params, ground, stretch, equity)


def looks_back(params: Params) -> LookBack:
    """Return all days for a limit in percent: the money is the sum of all results."""
    return LookBack(None, 0) if "percent" in params else a_week(params)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    loss = promised_loss(params, "equity")
    return f"No new trades once the day's loss reaches {loss}{days_text(params)}"


def needs(params: Params) -> frozenset[Need]:
    """Return the zone, where the rule names none, and what the limit needs."""
    return loss_needs(params) | (frozenset() if "zone" in params else {"zone"})


KIND = Kind(
    name="max_loss_per_day",
    version=2,
    title="A maximum loss per day",
    params={
        **limits(
            "net loss realised on one day of the trader's time zone",
            "the same, in percent of the equity at the beginning of the day",
        ),
        **DAY_PARAMS,
    },
    one_of=LIMIT,
    optional=("currency", *DAY_PARAMS),
    help=(
        "amount: lost, and its currency: USD,",
        "or percent: of equity; a day's reset: 17:00",
        "and zone: UTC; an account's since: 2026-11-01",
        "and account_size: for percent",
    ),
    sentence=sentence,
    breach="daily loss {lost} (limit {limit})",
    texts=loss_texts,
    needs=needs,
    looks_back=looks_back,
    judged=every_trade,
    looser={
        "amount": "up",
        "percent": "up",
        "currency": "ask",
        **{name: LOOSER[name] for name in DAY_PARAMS},
    },
    loosens=None,
    threshold="amount",
    scale=None,
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
