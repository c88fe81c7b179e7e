"""One module and a line in the table bring a habit to every surface."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from coach.cli.commands import insights as cli
from coach.cli.commands import why as cli_why
from coach.engine.api import digests, habits, insights, sight, why
from coach.engine.api.promises import labels
from coach.engine.api.session import Session
from coach.engine.biases.habits.catalogue import MODULES
from coach.engine.lab.evaluate import names
from coach.engine.lab.evaluate.trial import statements_of
from coach.model.accounts import Run
from coach.model.insights import Finding
from tests.unit.rules.test_breach_sentences import terminal

Importer = Callable[..., Run]
PUBLISHED = Path(__file__).parents[3] / "docs" / "schemas"
SENTENCE = "75 % of entries came on the hour (likely 50 to 90)"


@pytest.fixture(autouse=True)
def habit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODULES, "on_the_hour", "tests.integration.engine.toy_habit")


@pytest.fixture
def found(session: Session, imported: Importer) -> Finding:
    """The finding about three of four entries."""
    imported(
        *("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 90"),
        *("10:00 buy BTC-USD 2 @ 100", "10:10 sell BTC-USD 2 @ 110"),
        *("11:00 buy BTC-USD 1 @ 100", "11:10 sell BTC-USD 1 @ 110"),
        *("11:30 buy BTC-USD 1 @ 100", "11:40 sell BTC-USD 1 @ 110"),
    )
    [finding] = insights.findings(session, bias="on_the_hour").findings
    return finding


def test_the_list_of_habits_says_it(session: Session, found: Finding) -> None:
    answer = cli.findings_answer([found], habits.words_of(session))
    assert f" on_the_hour: {SENTENCE} " in terminal(answer)


def test_its_json_fits_the_published_schema(session: Session, found: Finding) -> None:
    answer = cli.findings_answer([found], habits.words_of(session))
    assert isinstance(answer.data, list)
    [row] = answer.data
    assert isinstance(row, dict)
    assert (row["bias"], row["effect"], row["n"]) == ("on_the_hour", 0.75, 4)
    schema = json.loads((PUBLISHED / "finding.schema.json").read_text())
    assert list(Draft202012Validator(schema).iter_errors(row)) == []


@pytest.mark.usefixtures("found")
def test_the_drawer_of_the_habit_says_it(session: Session) -> None:
    shown = terminal(
        cli_why.of_bias(why.of_bias(session, "on_the_hour"), habits.words_of(session), "UTC")
    )
    assert f" {SENTENCE} " in shown
    assert " for it: entries on the hour " in shown


@pytest.mark.usefixtures("found")
def test_its_tags_are_listed_and_stand_in_the_drawer_of_the_trade(session: Session) -> None:
    words = habits.words_of(session)
    tag, *others = insights.tags(session, "on_the_hour")
    assert len(others) == 2
    assert " on_the_hour: sharp at 09:00 for 100.00 USD " in terminal(
        cli.tags_answer([tag, *others], words)
    )
    drawer = terminal(cli_why.of_trade(why.of_trade(session, tag.trade_id), words, "UTC"))
    assert "tag on_the_hour (sharp@7): sharp at 09:00 for 100.00 USD" in drawer


@pytest.mark.usefixtures("found")
def test_the_digest_says_it_with_its_formula(session: Session, imported: Importer) -> None:
    """Entries on the hour in the week before, too: a habit without a year's test needs two."""
    imported(
        *("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 90"),
        *("10:00 buy BTC-USD 2 @ 100", "10:10 sell BTC-USD 2 @ 110"),
        *("11:00 buy BTC-USD 1 @ 100", "11:10 sell BTC-USD 1 @ 110"),
        *("11:30 buy BTC-USD 1 @ 100", "11:40 sell BTC-USD 1 @ 110"),
        day="2026-02-20",
    )
    made = digests.digest(session, "2026-W10")
    assert "on_the_hour@7" in made.pack["engine_version"]["biases"]
    [statement, *_] = made.pack["highlight"]["statements"]
    assert statement["say"] == "trait.on_the_hour"
    assert statement["figures"]["effect"]["shown"] == "75 % of entries"
    assert statement["figures"]["n"]["shown"] == "8 entries"
    assert "75 % of entries [e" in made.text
    assert "The cost of entries on the hour was estimated at" in " ".join(made.text.split())
    assert digests.verify(session, "2026-W10").ok


@pytest.mark.usefixtures("found")
def test_a_trade_is_labelled_with_it(session: Session) -> None:
    [tag, *_] = insights.tags(session, "on_the_hour")
    assert labels.label(session, tag.trade_id, "on_the_hour", "yes").tagged
    assert sight.is_bias(session, "on_the_hour")


def test_the_lab_knows_it_by_its_other_names(found: Finding) -> None:
    assert names.habit("Sharpness") == "on_the_hour"
    assert statements_of([found])["on_the_hour"].tested
