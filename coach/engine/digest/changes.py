"""What moved since the week before: results, fees, broken promises, levels of evidence."""

from decimal import Context, Decimal, localcontext

from coach.engine.digest import figures, habits
from coach.engine.digest.conversion.week_sums import cite_conversion, week_in_base
from coach.engine.digest.evidence import Citations
from coach.engine.digest.patterns import is_explained, is_machine
from coach.engine.digest.scene import Scene, WeekFacts
from coach.engine.digest.shape import DigestRow, DigestStatement, Figure, WeekChanges, statement
from coach.engine.digest.tally import NO_MONEY
from coach.engine.ledger.exact import quotient
from coach.model.insights import Finding
from coach.model.reasons import Level
from coach.model.trades import win_rate
from coach.values import dataclass
from coach.wording import numbers

BREACHES_FORMULA = "breaches@1"
Z_90 = Decimal("1.6448536269514722")


@dataclass(frozen=True, slots=True)
class LevelMove:
    """A finding whose level is not what it was."""

    finding: Finding
    was: Level

    @property
    def distance(self) -> int:
        """How many levels it moved."""
        levels = habits.CERTAINTY
        return abs(levels.index(self.finding.level) - levels.index(self.was))


def compare_weeks(scene: Scene, citations: Citations) -> WeekChanges:
    """Set this week beside the week before."""
    now, before = both = scene.now, scene.before
    rows = [
        _row("closed", _closed(now, citations), _closed(before, citations)),
        _row("won", _won(now, citations), _won(before, citations)),
        _row("even", _even(now, citations), _even(before, citations)),
    ]
    if now.closed.outcomes["unknown"] or before.closed.outcomes["unknown"]:
        rows.append(_row("unknown", _unknown(now, citations), _unknown(before, citations)))
    for quote in dict.fromkeys([*now.closed.quotes(), *before.closed.quotes()]):
        net = _net(now, quote, citations), _net(before, quote, citations)
        fees = _fees(now, quote, citations), _fees(before, quote, citations)
        unvalued = any(one.closed.sums.get(quote, NO_MONEY).unvalued for one in both)
        measures = ("net_without", "fees_without") if unvalued else ("net", "fees")
        rows += [_row(measures[0], *net, quote), _row(measures[1], *fees, quote)]
    rows += _in_base(scene, citations)
    rows.append(_row("broken", _broken(now, citations), _broken(before, citations)))
    return {
        "rows": rows,
        "statements": [moved(move, scene, citations) for move in moved_levels(scene)],
    }


def _in_base(scene: Scene, citations: Citations) -> list[DigestRow]:
    """Return the result and the fees of both weeks in the base currency, where there is one."""
    now, before = week_in_base(scene, scene.now), week_in_base(scene, scene.before)
    if now is None or before is None:
        return []
    cited = (
        (now, cite_conversion(scene.now, now, citations)),
        (before, cite_conversion(scene.before, before, citations)),
    )
    partly = "_partly" if now.left or before.left else ""
    net = [figures.result(one.sums.net, one.currency, evidence) for one, evidence in cited]
    fees = [figures.amount(one.sums.fees, one.currency, evidence) for one, evidence in cited]
    return [
        _row(f"net_in_base{partly}", net[0], net[1], now.currency),
        _row(f"fees_in_base{partly}", fees[0], fees[1], now.currency),
    ]


def moved_levels(scene: Scene) -> list[LevelMove]:
    """Return the findings whose level differs from the week before, by name.

    What a rule explains or may is evidence of nothing, in either week.
    """
    if is_machine(scene.findings):
        return []
    earlier = scene.inputs.findings_before
    before = {one.bias: one.level for one in earlier if not is_explained(one)}
    return [
        LevelMove(finding, before[finding.bias])
        for finding in scene.findings
        if finding.kind == "test"
        and not is_explained(finding)
        and before.get(finding.bias, finding.level) != finding.level
    ]


def moved(move: LevelMove, scene: Scene, citations: Citations) -> DigestStatement:
    """State from which level to which a finding moved."""
    evidence = habits.cite_finding(move.finding, citations)
    return statement(
        "level.moved",
        {"n": habits.sample(move.finding, scene, evidence)},
        bias=move.finding.bias,
        was=move.was,
        now=move.finding.level,
    )


def _row(measure: str, now: Figure, before: Figure, currency: str = "") -> DigestRow:
    return {"measure": measure, "currency": currency, "now": now, "before": before}


def _closed(week: WeekFacts, citations: Citations) -> Figure:
    return figures.number(len(week.closed.trades), week.cite_closed(citations))


def _won(week: WeekFacts, citations: Citations) -> Figure:
    """Show the share of wins among decided trades with its 90 % interval (Wilson 1927)."""
    evidence = week.cite_closed(citations)
    rate = win_rate(week.closed.outcomes)
    if rate.share is None:
        return {"shown": "none", "value": "", "evidence": evidence}
    share = quotient(Decimal(rate.share.numerator), Decimal(rate.share.denominator))
    parts = (share, *wilson(rate.wins, rate.decided))
    shown, low, high = (numbers.whole_percent(part, "") for part in parts)
    return {
        "shown": f"{shown} % of {rate.decided} ({low} to {high})",
        "value": f"{rate.wins}/{rate.decided}",
        "evidence": evidence,
    }


def _even(week: WeekFacts, citations: Citations) -> Figure:
    """Show the trades that are neither won nor lost: the win rate is not of them."""
    return figures.number(week.closed.outcomes["break_even"], week.cite_closed(citations))


def _unknown(week: WeekFacts, citations: Citations) -> Figure:
    """Show the trades whose outcome fees that are not valued could turn."""
    return figures.number(week.closed.outcomes["unknown"], week.cite_closed(citations))


def wilson(wins: int, trades: int) -> tuple[Decimal, Decimal]:
    """Return the 90 % score interval of a share of wins among decided trades (at least one).

    Wilson (1927), JASA 22:209, "Probable inference, the law of succession".
    """
    with localcontext(Context(prec=50)):
        share, square = Decimal(wins) / trades, Z_90 * Z_90
        middle = share + square / (2 * trades)
        reach = Z_90 * (share * (1 - share) / trades + square / (4 * trades * trades)).sqrt()
        scale = 1 + square / trades
        low, high = (middle - reach) / scale, (middle + reach) / scale
        return max(low, Decimal(0)), min(high, Decimal(1))


def _net(week: WeekFacts, quote: str, citations: Citations) -> Figure:
    net = week.closed.sums.get(quote, NO_MONEY).net
    return figures.result(net, quote, week.cite_closed(citations))


def _fees(week: WeekFacts, quote: str, citations: Citations) -> Figure:
    fees = week.closed.sums.get(quote, NO_MONEY).fees
    return figures.amount(fees, quote, week.cite_closed(citations))


def _broken(week: WeekFacts, citations: Citations) -> Figure:
    return figures.number(len(week.breaches), cite_broken(week, citations))


def cite_broken(week: WeekFacts, citations: Citations) -> str:
    """Return the evidence of all that was broken in a week."""
    trades = sorted({breach.trade_id for breach in week.breaches})
    rules = sorted({breach.rule_id for breach in week.breaches})
    return citations.cite(
        BREACHES_FORMULA,
        {"broken": len(week.breaches), "rules": ", ".join(rules) or "none"},
        trades,
    )
