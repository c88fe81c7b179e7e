"""When a planted habit is how strong."""

import numpy as np

from coach.engine.lab.generator.intensity import Strengths, hazard, intensity
from coach.engine.lab.generator.market import GeneratedMarket
from coach.engine.lab.generator.plans import TraderPlan


def on_day(ground: GeneratedMarket, plan: TraderPlan, day: int) -> float:
    return Strengths(ground, plan).at("fomo", ground.first + 96 * day + 0.5)


def test_what_is_not_planted_is_not_there(grounds: list[GeneratedMarket]) -> None:
    plan = TraderPlan("x", biases={"revenge": 1.0, "fatigue": 0.0})
    assert intensity(grounds[0], plan, "fomo") is None
    assert intensity(grounds[0], plan, "fatigue") is None
    assert on_day(grounds[0], plan, 3) == 0.0


def test_a_habit_comes_goes_and_is_coached(grounds: list[GeneratedMarket]) -> None:
    plan = TraderPlan(
        "x", biases={"fomo": 0.8}, onset_day=10, offset_day=40, coached_day=30, response=0.5
    )
    assert [on_day(grounds[0], plan, day) for day in (0, 10, 29, 30, 40)] == [0, 0.8, 0.8, 0.4, 0]


def test_storms_strengthen_half_of_the_time(grounds: list[GeneratedMarket]) -> None:
    found = intensity(grounds[0], TraderPlan("x", biases={"fomo": 1.0}, regime=1.15), "fomo")
    assert found is not None
    traded = found[grounds[0].first :]
    assert set(np.unique(traded)) == {1.0, 1.15}
    assert 0.2 < np.mean(traded > 1.0) < 0.8


def test_a_hazard_gives_its_chance_back() -> None:
    assert np.allclose(1.0 - np.exp(-hazard(np.array([0.0, 0.1, 0.5]))), [0.0, 0.1, 0.5])
    assert np.isfinite(hazard(np.array([1.35]))).all()
