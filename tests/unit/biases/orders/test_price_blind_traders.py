"""Who never looks at price is told of nothing, however the orders come."""

import pytest

from coach.engine.biases.detector import Detector
from coach.engine.biases.habits import averaging_down, disposition, fomo, revenge
from tests.unit.biases.orders import blind_traders
from tests.unit.biases.orders.blind_traders import Kind, at_most_by_chance, life

TRADERS = 24


@pytest.mark.parametrize(
    ("kind", "detector"),
    [
        (blind_traders.sold_by_resting_orders, disposition.DETECTOR),
        (blind_traders.sold_in_bursts, disposition.DETECTOR),
        (blind_traders.all_together, revenge.DETECTOR),
        (blind_traders.all_together, fomo.DETECTOR),
        (blind_traders.added_in_bursts, averaging_down.DETECTOR),
    ],
)
def test_small_p_values_are_no_more_frequent_than_chance_lets_them_be(
    kind: Kind, detector: Detector
) -> None:
    verdicts = [life(kind, seed).measured(detector).verdict for seed in range(TRADERS)]
    p_values = [one.p for one in verdicts if one is not None]
    assert len(p_values) >= 0.9 * TRADERS
    for rate in (0.05, 0.2):
        assert sum(p < rate for p in p_values) <= at_most_by_chance(len(p_values), rate)
