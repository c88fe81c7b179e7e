"""A detector that another package brings is asked after ours, and breaks nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.cli.commands import insights as cli
from coach.engine.api import digests, habits, insights
from coach.engine.api.plugins import Plugin, extra
from coach.engine.api.promises import labels
from coach.engine.api.session import Session
from coach.engine.biases.detector import Detector, Measurement, no_rows, no_tags
from coach.engine.biases.habits import size_after_loss
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.digest import pack, render
from coach.engine.store import health
from coach.errors import NotFound
from coach.model.accounts import Run
from coach.model.canonical import canonical_json
from tests.integration.engine import toy_habit
from tests.unit.rules.test_breach_sentences import terminal

Importer = Callable[..., Run]
WEEKENDS = Detector(
    bias="weekend_size",
    formula="weekend_size@1",
    unit="relative difference in size",
    minimum=0.1,
    measure=lambda _context, _window, _seed: Measurement(0, 21, no_rows(), {}, None),
    words=replace(size_after_loss.WORDS, name="larger weekends"),
)
HOURS = replace(toy_habit.DETECTOR, bias="sharpness", formula="sharpness@1", tags=no_tags)
SHARP = (
    *("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 90"),
    *("10:00 buy BTC-USD 2 @ 100", "10:10 sell BTC-USD 2 @ 110"),
    *("11:00 buy BTC-USD 1 @ 100", "11:10 sell BTC-USD 1 @ 110"),
)


@pytest.fixture
def beside(session: Session) -> Session:
    """A session with one detector of another package that works, and one that is none."""
    plugins = [Plugin("weekends", lambda: WEEKENDS), Plugin("wrong", lambda: 7)]
    return replace(session, extra=lambda: extra(plugins))


def test_it_is_asked_after_ours_and_a_broken_one_is_told(
    beside: Session, imported: Importer
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:01 sell BTC-USD 1 @ 90")
    found = insights.findings(beside)
    assert [finding.bias for finding in found.findings][len(HABITS) :] == ["weekend_size"]
    assert found.warnings == ("detector wrong is left out: it is a int, not a Detector",)
    assert insights.tags(beside, "weekend_size") == []
    assert str(labels.bias_named(beside, "weekend_size")) == "weekend_size"
    with pytest.raises(NotFound):
        insights.tags(beside, "hope")


def test_its_finding_is_kept_while_it_is_there(
    session: Session, beside: Session, imported: Importer
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:01 sell BTC-USD 1 @ 90")
    insights.conclude_anew(beside)
    assert "weekend_size" in health.levels(session.connection, session.user.id)
    insights.conclude_anew(session)
    assert "weekend_size" not in health.levels(session.connection, session.user.id)


@pytest.fixture
def sharp(session: Session) -> Session:
    """A session with a detector of another package that makes a claim."""
    return replace(session, extra=lambda: extra([Plugin("sharp", lambda: HOURS)]))


def test_a_digest_says_what_it_found_in_its_own_words(sharp: Session, imported: Importer) -> None:
    imported(*SHARP)
    imported(*SHARP, day="2026-02-20")
    made = digests.digest(sharp, "2026-W10")
    [statement, *_] = made.pack["highlight"]["statements"]
    assert statement["say"] == "trait.sharpness"
    assert made.pack["habits"] == {
        "sharpness": {"name": HOURS.words.name, "claim": HOURS.words.claim}
    }
    assert "100 % of entries [e" in made.text


def test_a_digest_reads_the_same_without_the_package(sharp: Session, imported: Importer) -> None:
    imported(*SHARP)
    made = digests.digest(sharp, "2026-W10")
    assert render.text(pack.read(canonical_json(made.pack))) == made.text


def test_a_package_that_is_gone_is_named_when_a_digest_is_verified(
    session: Session, sharp: Session, imported: Importer
) -> None:
    imported(*SHARP)
    digests.digest(sharp, "2026-W10")
    assert digests.verify(sharp, "2026-W10").reason == "the same bytes"
    found = digests.verify(session, "2026-W10")
    assert found.ok
    assert "sharpness@1, now not installed" in found.reason


def test_the_list_of_habits_says_it_in_its_own_words(sharp: Session, imported: Importer) -> None:
    imported(*SHARP)
    found = insights.findings(sharp, bias="sharpness").findings
    shown = terminal(cli.findings_answer(found, habits.words_of(sharp)))
    assert " sharpness: 100 % of entries came on the hour (likely 50 to 90) " in shown
