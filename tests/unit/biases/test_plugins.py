"""Detectors of others: asked beside ours, and unable to break them."""

import runpy
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from coach import wiring
from coach.engine.api.plugins import GROUP, Plugin, extra
from coach.engine.biases.detection import findings, ours, tags
from coach.engine.biases.detector import Detector, Window
from coach.engine.biases.habits import revenge
from coach.engine.biases.words import EffectUnit
from coach.engine.features.context import Context
from coach.engine.features.history import history
from coach.model.times import DAY_US
from coach.model.trades import Trip

Simulate = Callable[..., list[Trip]]
EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "weekend_size.py"


@pytest.fixture(scope="module")
def weekend() -> Detector:
    found: Detector = runpy.run_path(str(EXAMPLE))["DETECTOR"]
    return found


def offered(**detectors: object) -> list[Plugin]:
    return [Plugin(name, lambda found=found: found) for name, found in detectors.items()]  # type: ignore[misc]


def fails(*_: object) -> object:
    raise RuntimeError


def renamed(name: str, **changed: object) -> Detector:
    return replace(revenge.DETECTOR, bias=name, formula=f"{name}@1", **changed)  # type: ignore[arg-type]


NAMELESS = replace(revenge.WORDS, name=7)  # type: ignore[arg-type] # what no mypy looked at


def test_the_documented_example_is_a_whole_detector_in_under_sixty_lines() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 60
    page = (EXAMPLE.parents[1] / "detectors.md").read_text()
    assert EXAMPLE.read_text() in page


def test_the_example_finds_larger_weekends(trader: Simulate, weekend: Detector) -> None:
    larger = [
        trip._replace(notional=trip.notional * (2 if trip.opened_us // DAY_US % 7 in {2, 3} else 1))
        for trip in trader(1, 250)
    ]
    asked = extra(offered(weekend=weekend))
    assert asked.warnings == ()
    *_, found = findings(history(larger), 0, larger[-1].opened_us, asked.all)
    assert (found.bias, found.level) == ("weekend_size", "strong")
    assert found.evidence[0].formula == "weekend_size@1"
    assert found.costs[0].currency == "USD"


def test_the_example_leaves_even_weekends_alone(trader: Simulate, weekend: Detector) -> None:
    each = [findings(history(trader(seed, 150)), 0, 2**51, [weekend])[0] for seed in range(30)]
    assert sum(one.level in {"likely", "strong"} for one in each) <= 1


def test_the_example_says_how_many_more_it_takes(trader: Simulate, weekend: Detector) -> None:
    found = findings(history(trader(1, 5)), 0, 2**51, [weekend])[0]
    assert (found.level, found.needed) == ("insufficient", 20)


def test_without_plugins_ours_are_asked() -> None:
    assert extra([]).all == ours()


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (42, "it is a int, not a Detector"),
        (renamed("No Name"), "its bias 'No Name' is not 3 to 40 small letters or underscores"),
        (renamed("x" * 41), f"its bias '{'x' * 41}' is not 3 to 40 small letters or underscores"),
        (renamed("revenge"), "there is a bias 'revenge' already"),
        (renamed("panic_selling"), "there is a bias 'panic_selling' already"),
        (renamed("fees"), "'fees' means something else in a digest"),
        (renamed("mine", words=NAMELESS), "its words hold 7, which is not text"),
        (renamed("mine", measure=lambda *_: 1), "it measures a int, not a Measurement"),
        (renamed("mine", measure=lambda *_: 1 // 0), "ZeroDivisionError: integer division"),
        (renamed("mine", measure=None), "TypeError: 'NoneType' object is not callable"),
    ],
)
def test_what_cannot_be_asked_is_left_out_and_told(found: object, why: str) -> None:
    asked = extra(offered(mine=found))
    assert asked.all == ours()
    assert len(asked.warnings) == 1
    assert asked.warnings[0].startswith(f"detector mine is left out: {why}")


def test_a_detector_of_before_words_is_left_out_and_told_what_it_lacks() -> None:
    def of_before() -> object:
        return Detector("mine", "mine@1", "odds ratio", 0.1, revenge.measure)  # type: ignore[call-arg]

    [warning] = extra([Plugin("mine", of_before)]).warnings
    assert warning == (
        "detector mine is left out: it brings no words: a Detector takes `words`,"
        " see docs/detectors.md"
    )


@pytest.mark.parametrize("words", [None, 7, "larger weekends"])
def test_what_is_no_words_cannot_be_made_into_a_detector(words: object) -> None:
    asked = extra([Plugin("mine", lambda: renamed("mine", words=words))])
    name = type(words).__name__
    assert asked.warnings == (
        f"detector mine is left out: TypeError: the words of mine are a {name}, not Words",
    )


def test_words_that_fail_fall_back_on_plain_numbers_and_names() -> None:
    words = replace(revenge.WORDS, unit=EffectUnit(" odds", fails), tag=fails)  # type: ignore[arg-type]
    (mine,) = extra(offered(mine=renamed("mine", words=words))).detectors
    assert mine.words.unit.text(0.5) == "0.5 odds"
    assert mine.words.tag_text({"moon": "full"}) == "moon full"


def test_a_module_that_does_not_load_is_left_out_and_told(weekend: Detector) -> None:
    def broken() -> object:
        raise ImportError

    asked = extra([Plugin("other", broken), *offered(weekend=weekend)])
    assert asked.warnings == ("detector other is left out: ImportError",)
    assert [one.bias for one in asked.detectors] == ["weekend_size"]


def test_of_two_with_one_name_the_first_is_asked(weekend: Detector) -> None:
    asked = extra(offered(b=weekend, a=replace(weekend, formula="first@1")))
    assert [one.formula for one in asked.detectors] == ["first@1"]
    assert asked.warnings == ("detector b is left out: there is a bias 'weekend_size' already",)


def test_one_that_breaks_later_says_so_and_the_others_go_on(trader: Simulate) -> None:
    def measure(known: Context, window: Window, seed: int) -> object:
        return 1 // 0 if len(known.history) else revenge.measure(known, window, seed)

    asked = extra(offered(mine=renamed("mine", measure=measure, tags=fails)))
    past = history(trader(1, 50))
    *known, theirs = findings(past, 0, past.trips[-1].opened_us, asked.all)
    assert len(known) == len(ours())
    assert theirs.level == "insufficient"
    assert theirs.lacks[0].startswith("a detector that works (ZeroDivisionError")
    assert tags(past, asked.all) == tags(past)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_trouble_of_its_detector_alone(
    trader: Simulate, number: float
) -> None:
    def measure(known: Context, window: Window, seed: int) -> object:
        seen = revenge.measure(known, window, seed)
        return replace(seen, sample={**seen.sample, "x": number}) if len(known.history) else seen

    asked = extra(offered(mine=renamed("mine", measure=measure)))
    past = history(trader(1, 50))
    *_, theirs = findings(past, 0, past.trips[-1].opened_us, asked.all)
    assert theirs.lacks == ("a detector that works (it told a number that is none)",)
    assert number not in theirs.evidence[0].sample.values()


def test_a_price_that_breaks_is_no_price(trader: Simulate, habit: Callable[..., object]) -> None:
    trips = trader(2, 200, habit(back_after_loss=0.6))
    (mine,) = extra(offered(mine=renamed("mine", cost=fails))).detectors
    found = findings(history(trips), 0, trips[-1].opened_us, [mine])[0]
    assert found.level in {"likely", "strong"}
    assert found.costs == ()
    assert tags(history(trips), [mine])


def test_installed_packages_are_asked_for_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    def installed(group: str) -> list[EntryPoint]:
        assert group == GROUP
        return [EntryPoint("revenge", "coach.engine.biases.habits.revenge:DETECTOR", group)]

    monkeypatch.setattr("importlib.metadata.entry_points", installed)
    asked = wiring.extra_detectors()
    assert asked.warnings == ("detector revenge is left out: there is a bias 'revenge' already",)
