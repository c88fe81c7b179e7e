"""Tables of an evaluation, on traders that can be counted by hand."""

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter

import pytest

from coach.engine.lab.evaluate import calibration, events, nulls, ranks, rates
from coach.engine.lab.evaluate.made import DetectorBelief, HabitHistory, TraderLife
from coach.engine.lab.evaluate.report import report
from coach.engine.lab.evaluate.rows import Row, coach, fixed
from coach.engine.lab.evaluate.targets import targets
from coach.engine.lab.evaluate.trial import HabitStatement, Trial, TrueLabel, statements_of
from coach.engine.lab.judge import EventTag
from coach.model.insights import Finding
from coach.model.reasons import Standing

Make = Callable[..., Trial]


def said(
    score: float = 10.0, *, flagged: bool = False, asked: bool = False, p: float | None = 0.5
) -> HabitStatement:
    told = flagged and not asked
    return HabitStatement("none", score, flagged=flagged, announced=told, p=p, n=20, asked=asked)


def only(rows: list[Row], **wanted: object) -> Row:
    found = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    assert len(found) == 1
    return found[0]


def test_false_alarms_are_counted_on_rational_traders_alone(trader: Make) -> None:
    quiet = [trader({"revenge": said(flagged=one == 0)}) for one in range(4)]
    guilty = trader({"revenge": said(flagged=True)}, {"revenge": 1.0})
    rows = rates.false_positives([*quiet, guilty], (90,), coach)
    row = only(rows, bias="revenge")
    assert (row["flagged"], row["traders"], row["rate"], row["tested"]) == (1, 4, 0.25, 4)
    assert (row["low"], row["high"]) == (0.0063, 0.8059)
    assert only(rows, bias="any")["rate"] == 0.25
    assert only(rows, bias="fomo")["tested"] == 0


def test_two_flags_on_one_trader_are_one_trader_flagged(trader: Make) -> None:
    both = trader({"revenge": said(flagged=True), "fomo": said(flagged=True)})
    assert only(rates.false_positives([both], (90,), coach), bias="any")["flagged"] == 1


def test_each_kind_of_trader_is_counted_apart(trader: Make) -> None:
    calm = trader({"revenge": said()}, archetype="scalper")
    loud = trader({"revenge": said(flagged=True)}, archetype="noise")
    rows = rates.by_archetype([calm, loud], (90,), coach)
    assert only(rows, archetype="scalper")["rate"] == 0.0
    assert only(rows, archetype="noise", bias="any")["rate"] == 1.0
    assert only(rows, archetype="noise", bias="revenge")["flagged"] == 1


def test_power_is_told_by_intensity(trader: Make) -> None:
    faint = [trader({"revenge": said()}, {"revenge": 0.3}) for _ in range(2)]
    strong = trader({"revenge": said(flagged=True)}, {"revenge": 1.0})
    rows = rates.power([*faint, strong], (90,), coach)
    assert only(rows, intensity=0.3)["rate"] == 0.0
    assert only(rows, intensity=1.0)["rate"] == 1.0


def test_many_intensities_are_gathered(trader: Make) -> None:
    people = [trader({}, {"revenge": 0.1 + place / 100}) for place in range(12)]
    rows = rates.power(people, (90,), coach)
    assert [row["intensity"] for row in rows] == [0.15]


def test_what_was_not_tested_scores_nought_and_ties_count_half(trader: Make) -> None:
    cases = [trader({"revenge": said(80)}, {"revenge": 1.0}), trader({}, {"revenge": 1.0})]
    controls = [trader({"revenge": said(50)}), trader({})]
    row = only(ranks.areas([*cases, *controls], (90,), fixed), intensity="all")
    assert row["auc"] == pytest.approx((1 + 1 + 0 + 0.5) / 4)
    assert (row["cases"], row["controls"], row["tested"]) == (2, 2, 2)


def test_scores_are_compared_with_traders_whose_exits_look_at_no_price(trader: Make) -> None:
    """A grid's score is high and right: it sells gains sooner, by its rule."""
    case = trader({"disposition": said(80)}, {"disposition": 1.0}, group="cell")
    noise = trader({"disposition": said(10)}, group="rational")
    grid = trader({"disposition": said(99)}, archetype="grid_geometric", group="rational")
    row = only(ranks.areas([case, noise, grid], (90,), coach), intensity="all")
    assert (row["auc"], row["controls"]) == (1.0, 1)
    given = [replace(one, group="given") for one in (case, noise, grid)]
    assert only(ranks.areas(given, (90,), coach), intensity="all")["controls"] == 2


def test_a_tag_is_right_when_one_of_its_fills_is_labelled(tagged: Make) -> None:
    tags = [EventTag("fomo", ("a", "b"), 0), EventTag("fomo", ("c",), 0)]
    labels = [TrueLabel("b", "fomo"), TrueLabel("d", "fomo"), TrueLabel("c", "revenge")]
    rows = events.events([tagged(tags, labels, {"fomo": 0.3})], attrgetter("tags"))
    row = only(rows, bias="fomo", intensity="all")
    assert (row["tags"], row["labels"], row["precision"], row["recall"]) == (2, 2, 0.5, 0.5)
    assert only(rows, bias="fomo", intensity=0.3)["precision"] == 0.5


def test_a_tag_on_a_trader_without_the_habit_is_wrong_for_everyone(tagged: Make) -> None:
    tags = [EventTag("fomo", ("a",), 0)]
    people = [tagged(tags, [TrueLabel("a", "fomo")], {"fomo": 1.0}), tagged(tags, [], {})]
    rows = events.events(people, attrgetter("tags"))
    assert only(rows, bias="fomo", intensity="everyone")["precision"] == 0.5
    assert only(rows, bias="fomo", intensity="all")["precision"] == 1.0


def test_without_labels_no_tag_is_right_or_wrong(trader: Make) -> None:
    assert events.events([trader({}, {"fomo": 1.0})], attrgetter("tags")) == []


def test_p_values_come_from_noise_and_from_shuffles(trader: Make) -> None:
    people = [trader({"revenge": said(p=(place + 0.5) / 50)}) for place in range(50)]
    others = [trader({"revenge": said(p=0.001)}, archetype="scalper")]
    guilty = replace(trader({"revenge": said(p=0.0)}, {"revenge": 1.0}), shuffled={"revenge": 0.4})
    rows = nulls.uniform([*people, *others, guilty], 90)
    row = only(rows, source="noise traders", bias="revenge")
    assert (row["traders"], row["ks"], row["below_05"]) == (50, 1.0, 0.04)
    assert only(rows, source="noise traders", bias="all")["traders"] == 50
    assert only(rows, source="shuffled")["traders"] == 1


def test_testable_traders_are_counted(trader: Make) -> None:
    rows = rates.coverage([trader({"fomo": said()}), trader({})], (90,))
    assert only(rows, bias="fomo")["rate"] == 0.5


def belief(probability: float, effect: float = 0.0, n: int = 10) -> DetectorBelief:
    return DetectorBelief(probability, effect, (effect - 1.0, effect + 1.0), n)


def lived(short: DetectorBelief, long: DetectorBelief) -> TraderLife:
    return TraderLife("t", {"revenge": short}, {"revenge": long})


def test_scores_that_come_true_have_a_slope_of_one() -> None:
    people = [lived(belief(0.2), belief(float(place < 2))) for place in range(10)]
    people += [lived(belief(0.8), belief(float(place < 8))) for place in range(10)]
    row = only(calibration.calibration(people), bias="all")
    assert row["slope"] == pytest.approx(1.0)
    assert (row["base_rate"], row["brier"], row["brier_base"]) == (0.5, 0.16, 0.25)
    bins = calibration.reliability(people)
    assert [bins[1]["rate"], bins[4]["rate"], bins[0]["rate"]] == [0.2, 0.8, None]


def test_an_interval_is_widened_by_the_error_of_the_truth() -> None:
    inside = lived(belief(0.5, 0.0), belief(0.5, 1.0))
    nearly = lived(belief(0.5, 0.0), belief(0.5, 1.2, n=20))
    outside = lived(belief(0.5, 0.0), belief(0.5, 3.0, n=20))
    row = only(calibration.calibration([inside, nearly, outside]), bias="all")
    assert (row["as_told"], row["covered"]) == (0.3333, 0.6667)
    assert row["slope"] is None


def test_what_the_long_life_cannot_test_is_left_out() -> None:
    assert calibration.calibration([TraderLife("t", {"revenge": belief(0.5)}, {})]) == []


def test_only_announced_habits_can_be_withdrawn() -> None:
    people = [
        HabitHistory("a", "revenge", ended=True, announced=True, weeks=3),
        HabitHistory("b", "revenge", ended=True, announced=True, weeks=None),
        HabitHistory("c", "revenge", ended=True, announced=False, weeks=1),
        HabitHistory("d", "revenge", ended=False, announced=True, weeks=None),
    ]
    rows = calibration.withdrawal(people)
    row = only(rows, bias="all", ended=True)
    assert (row["announced"], row["withdrawn"], row["median_weeks"]) == (2, 1, 6.0)
    assert only(rows, bias="revenge", ended=False)["rate"] == 0.0


def test_a_target_is_broken_only_when_the_whole_interval_is() -> None:
    row: Row = {"bias": "any", "archetype": "all", "way": "all", "days": 90, "rate": 0.5}
    row |= {"low": 0.04, "high": 0.9}
    missed = only(targets({"accused": [row]}))
    assert (missed["met"], missed["broken"]) == (False, False)
    assert only(targets({"accused": [row | {"low": 0.2}]}))["broken"]


def test_a_target_needs_its_habit_to_be_tested() -> None:
    row: Row = {"bias": "fomo", "intensity": "all", "precision": None, "recall": 0.0}
    row |= {"recall_low": 0.0, "recall_high": 0.1}
    tables = {"events": [row]}
    assert only(targets(tables))["broken"]
    assert targets(tables, tested={"revenge"}) == []


def test_every_promise_has_its_target() -> None:
    found = {"low": 0.5, "high": 0.9}
    tables: dict[str, list[Row]] = {
        "accused": [
            {"archetype": kind, "way": "all", "bias": "any", "days": 90, "rate": 0.1, **found}
            for kind in ("all", "noise")
        ],
        "auc": [{"bias": "revenge", "intensity": "all", "days": 90, "auc": 0.96, **found}],
        "power": [{"bias": "revenge", "intensity": 0.3, "days": 90, "rate": 0.8, **found}],
        "calibration": calibration.calibration(
            [lived(belief(place / 10), belief(float(place > 5))) for place in range(10)]
        ),
        "withdrawal": [{"bias": "all", "ended": True, "rate": 0.9, **found}],
    }
    told = targets(tables)
    assert [row["measure"] for row in told] == [
        "accused, rational",
        "accused, of a kind",
        "auc",
        "power at .3",
        "reliability slope",
        "reliability slope",
        "brier score",
        "coverage of 90 %",
        "coverage of 90 %",
        "withdrawn in 8 weeks",
    ]
    assert [row["met"] for row in told[:3]] == [False, True, True]


def test_only_small_p_values_that_come_too_often_break_uniformity() -> None:
    row: Row = {"source": "noise traders", "bias": "all", "ks": 0.0005, "ks_small": 0.4}
    missed = only(targets({"null_p": [row]}))
    assert (missed["met"], missed["broken"]) == (False, False)
    assert only(targets({"null_p": [row | {"ks_small": 0.0005}]}))["broken"]


def test_a_report_says_what_is_said_of_every_habit(trader: Make) -> None:
    one = trader({"revenge": said(80, flagged=True)}, {"revenge": 1.0})
    found = report([replace(one, tags=(EventTag("fomo", ("a", "b"), 0),))], (90,))
    told = found.traders()[0]
    assert [told[name] for name in ("flagged", "announced", "asked")] == [
        ["revenge"],
        ["revenge"],
        [],
    ]
    scores = told["scores"]
    assert isinstance(scores, dict)
    assert (len(scores), scores["revenge"], scores["fomo"]) == (14, 80, 0.0)
    assert [row["trade_id"] for row in found.tags()] == ["a", "b"]
    assert set(found.tables) == {
        "coverage", "planted", "power", "told_and_asked",
    }  # fmt: skip


@pytest.mark.parametrize("standing", ["untold", "told", "asked", "style"])
def test_a_report_counts_what_the_product_tells_and_asks(trader: Make, standing: Standing) -> None:
    finding = Finding("revenge", "likely", 120, 0, score=97.0, held=True, standing=standing)
    one = trader(statements_of([finding]))
    told = report([one], (90,)).traders()[0]
    assert told["announced"] == (["revenge"] if standing == "told" else [])
    assert told["asked"] == (["revenge"] if standing == "asked" else [])


def test_without_truth_there_is_nothing_to_miss(trader: Make) -> None:
    found = report([replace(trader({"revenge": said()}), truth=None)], (90,))
    assert (found.targets, found.broken, set(found.tables)) == ([], 0, {"coverage"})
