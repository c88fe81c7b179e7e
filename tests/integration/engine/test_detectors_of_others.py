"""A detector that another package brings is asked after ours, and breaks nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.engine.api import digests, insights, labels
from coach.engine.api.desk import Desk
from coach.engine.api.plugins import Plugin, extra
from coach.engine.biases.detector import Detector, Measurement, no_rows
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.store import insights as store
from coach.errors import NotFound
from coach.model.accounts import Run

Importer = Callable[..., Run]
WEEKENDS = Detector(
    bias="weekend_size",
    formula="weekend_size@1",
    unit="relative difference in size",
    minimum=0.1,
    measure=lambda _context, _window, _seed: Measurement(0, 21, no_rows(), {}, None),
)


@pytest.fixture
def beside(desk: Desk) -> Desk:
    """A desk with one detector of another package that works, and one that is none."""
    plugins = [Plugin("weekends", lambda: WEEKENDS), Plugin("wrong", lambda: 7)]
    return replace(desk, extra=lambda: extra(plugins))


def test_it_is_asked_after_ours_and_a_broken_one_is_told(beside: Desk, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:01 sell BTC-USD 1 @ 90")
    found = insights.findings(beside)
    assert [finding.bias for finding in found.findings][len(HABITS) :] == ["weekend_size"]
    assert found.warnings == ("detector wrong is left out: it is a int, not a Detector",)
    assert insights.tags(beside, "weekend_size") == []
    assert str(labels.bias_named(beside, "weekend_size")) == "weekend_size"
    with pytest.raises(NotFound):
        insights.tags(beside, "hope")


def test_its_finding_is_kept_while_it_is_there(
    desk: Desk, beside: Desk, imported: Importer
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:01 sell BTC-USD 1 @ 90")
    insights.conclude_anew(beside)
    assert "weekend_size" in store.levels(desk.connection, desk.user.id)
    insights.conclude_anew(desk)
    assert "weekend_size" not in store.levels(desk.connection, desk.user.id)


def test_a_digest_tells_of_our_habits_alone(desk: Desk, beside: Desk, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:01 sell BTC-USD 1 @ 90")
    made = digests.digest(desk, "2026-W10").sha256
    assert digests.digest(beside, "2026-W10").sha256 == made
