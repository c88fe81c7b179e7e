"""All tables of an evaluation, and what is said of each trader."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import attrgetter

from coach.engine.lab.evaluate import calibration, claims, events, nulls, rates
from coach.engine.lab.evaluate.made import HabitHistory, TraderLife
from coach.engine.lab.evaluate.ranks import areas
from coach.engine.lab.evaluate.rows import Row, Value, coach, fixed
from coach.engine.lab.evaluate.targets import targets
from coach.engine.lab.evaluate.trial import Trial

Tables = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Report:
    """What an evaluation found; a table without rows is left out.

    `main` is the window in days that `flagged`, `levels` and `scores` of a trader are about.
    """

    main: int
    days: tuple[int, ...]
    trials: tuple[Trial, ...]
    tables: Tables
    naive: Tables
    targets: list[Row]

    @property
    def broken(self) -> int:
        """How many targets are broken."""
        return sum(bool(row["broken"]) for row in self.targets)

    def traders(self) -> list[dict[str, object]]:
        """Return what is said of each trader over the main window."""
        return [_trader(one, self.main) for one in self.trials]

    def runtime(self) -> dict[str, float]:
        """Return how much processor time the traders took, in seconds."""
        spent = [one.cpu_s for one in self.trials] or [0.0]
        total = sum(spent)
        return {
            "cpu_s": round(total, 3),
            "cpu_s_per_trader": round(total / len(spent), 4),
            "cpu_s_most": round(max(spent), 4),
        }

    def tags(self) -> list[dict[str, str]]:
        """Return every tag, one row per fill of the tagged order."""
        return [
            {"trader": one.trader, "trade_id": name, "bias": tag.bias}
            for one in self.trials
            for tag in one.tags
            for name in tag.trade_ids
        ]


def report(
    trials: Sequence[Trial],
    days: Sequence[int],
    lived: Sequence[TraderLife] = (),
    stopped: Sequence[HabitHistory] = (),
    tested: Collection[Value] | None = None,
) -> Report:
    """Make the tables from what was judged; those that need a truth are empty without it.

    `tested` are the habits that targets are about, None for all.
    """
    main = max(days)
    everybody, trials = trials, [one for one in trials if one.group != "year"]
    known = [one for one in trials if one.truth is not None]
    tables = {
        "accused": claims.accused(known, days),
        "planted": claims.planted(known, days),
        "told_and_asked": claims.power(known, days),
        "year": claims.year(everybody),
        "false_positives": rates.false_positives(known, days, coach),
        "by_archetype": rates.by_archetype(known, days, coach),
        "power": rates.power(known, days, coach),
        "auc": areas(known, days, coach),
        "events": events.events(trials, attrgetter("tags")),
        "null_p": nulls.uniform(trials, main),
        "coverage": rates.coverage(trials, days),
        "calibration": calibration.calibration(lived),
        "reliability": calibration.reliability(lived) if lived else [],
        "withdrawal": calibration.withdrawal(stopped),
    }
    naive = {
        "false_positives": rates.false_positives(known, days, fixed),
        "by_archetype": rates.by_archetype(known, days, fixed),
        "power": rates.power(known, days, fixed),
        "auc": areas(known, days, fixed),
        "events": events.events(trials, attrgetter("naive_tags")),
    }
    own = _filled(tables)
    return Report(main, tuple(days), tuple(everybody), own, _filled(naive), targets(own, tested))


def _filled(tables: Tables) -> Tables:
    return {name: rows for name, rows in tables.items() if rows and any(map(_counts, rows))}


def _counts(row: Row) -> bool:
    return row.get("traders") != 0


def _trader(trial: Trial, days: int) -> dict[str, object]:
    statements = trial.statements[days]
    return {
        "trader": trial.trader,
        "flagged": [bias for bias, one in statements.items() if one.flagged],
        "announced": [bias for bias, one in statements.items() if one.announced],
        "asked": [bias for bias, one in statements.items() if one.asked],
        "levels": {bias: one.level for bias, one in statements.items()},
        "scores": {bias: one.score for bias, one in statements.items()},
        "fills": trial.fills,
        "duplicates": trial.duplicates,
    } | _year(trial)


def _year(trial: Trial) -> dict[str, object]:
    """Return what was told and asked in a year of weekly looks, where there is one."""
    if trial.year is None:
        return {}
    return {"announced_in_a_year": [*trial.year.told], "asked_in_a_year": [*trial.year.asked]}
