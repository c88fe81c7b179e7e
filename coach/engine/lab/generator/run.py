"""What is known of a made-up trader in the end: the fills, and the truth about them."""

from dataclasses import dataclass

from coach.engine.lab.generator.market import GeneratedMarket
from coach.engine.lab.generator.orders import UNITS, Execution
from coach.engine.lab.generator.person import person
from coach.engine.lab.generator.plans import BY_RULE, Archetype, TraderPlan
from coach.engine.lab.generator.rules.following import follow_rule
from coach.engine.lab.generator.trading import Trading


@dataclass(frozen=True, slots=True)
class TraderRun:
    """Fills as columns in order of time, labels as (trade_id, habit), and who it was.

    Quantities, prices and fees are decimals as text; times are microseconds since 1970 UTC. A label
    names a fill of the order in which the habit shows: the entry that was too soon or too large,
    the add, the sale in panic. `way` says how each habit was planted, of a rational trader which
    hours are kept. `disposition` shows in no single fill and labels the trader alone.
    """

    name: str
    archetype: Archetype
    biases: dict[str, float]
    way: str
    utc_offset_h: float
    start_equity: str
    trade_id: tuple[str, ...]
    time_us: tuple[int, ...]
    symbol: tuple[str, ...]
    side: tuple[str, ...]
    qty: tuple[str, ...]
    price: tuple[str, ...]
    fee: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    deposits: tuple[tuple[int, str], ...]

    @property
    def bias(self) -> str:
        """Return the planted habits in one word, joined by `+`; empty for a rational trader."""
        return "+".join(self.biases)

    @property
    def intensity(self) -> str:
        """Return their intensities in the same order; 0 for a rational trader."""
        return "+".join(f"{strength:g}" for strength in self.biases.values()) or "0"


def trader(market: GeneratedMarket, plan: TraderPlan, seed: int) -> TraderRun:
    """Return the history of a planned trader; `seed` and the plan's name choose the person."""
    who = person(market, plan.archetype, f"{plan.name}/{seed}", plan.hours)
    deposits: list[tuple[float, float]] = []
    if plan.archetype in BY_RULE:
        done = follow_rule(market, plan, who)
    else:
        trading = Trading(market, plan, who)
        done, deposits = trading.play(), trading.deposits
    ids = tuple(f"f{number:06d}" for number in range(1, len(done) + 1))
    return TraderRun(
        name=plan.name,
        archetype=plan.archetype,
        biases={habit: k for habit, k in plan.biases.items() if k > 0.0},
        way=_way(plan),
        utc_offset_h=who.utc_offset_h,
        start_equity=f"{who.start_equity:.2f}",
        trade_id=ids,
        time_us=tuple(market.start_us + fill.at_ms * 1000 for fill in done),
        symbol=tuple(market.symbols[fill.symbol] for fill in done),
        side=tuple("buy" if fill.buys else "sell" for fill in done),
        qty=tuple(quantity(fill) for fill in done),
        price=tuple(decimal(fill.price) for fill in done),
        fee=tuple(f"{fill.fee:.8f}" for fill in done),
        labels=tuple(
            (number, habit) for number, fill in zip(ids, done, strict=True) for habit in fill.habits
        ),
        deposits=tuple(
            (market.start_us + int(at) * market.step_us, f"{money:.2f}") for at, money in deposits
        ),
    )


def _way(plan: TraderPlan) -> str:
    """Return the ways of the planted habits, joined by `+`; of a rational trader the hours."""
    return "+".join(plan.way(habit) for habit, k in plan.biases.items() if k > 0.0) or plan.hours


def quantity(fill: Execution) -> str:
    """Return a quantity, exact."""
    whole, rest = divmod(fill.units, UNITS)
    return f"{whole}.{rest:08d}"


def decimal(price: float) -> str:
    """Return a price of eight significant digits as a plain decimal."""
    return repr(price)
