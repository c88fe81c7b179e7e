"""Events near to each other are one occasion."""

import numpy as np

from coach.engine.biases.measures.occasions import opens_an_occasion
from coach.model.times import MINUTE_US


def test_what_comes_within_45_minutes_of_the_first_is_the_same_occasion() -> None:
    minutes = np.array([0, 0, 20, 44, 45, 80, 90, 200])
    opens = opens_an_occasion(minutes * MINUTE_US)
    assert minutes[opens].tolist() == [0, 45, 90, 200]


def test_nothing_is_no_occasion() -> None:
    assert opens_an_occasion(np.zeros(0, np.int64)).tolist() == []
