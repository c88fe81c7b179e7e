"""A habit is one module that brings its words and loads no numpy for them."""

import re
import subprocess
import sys
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import get_args

import pytest

from coach.cli.lab import generate
from coach.engine.biases.habits import overtrading, revenge
from coach.engine.biases.habits.catalogue import HABITS, MODULES
from coach.engine.biases.words import Words
from coach.engine.lab.generator.plans import HABITS as PLANTED
from coach.model.insights import Bias

ROOT = Path(__file__).parents[3]
COACH = ROOT / "coach"
PLACES = (
    "brokers/sandbox/",
    "cli/lab/",
    "cli/commands/labels.py",
    "cli/commands/why.py",
    "engine/api/lab/disposition",
    "engine/biases/portfolio/",
    "engine/lab/",
    "engine/reflection/questions.py",
    "engine/rules/kinds/",
)
"""Where single habits are named: made-up traders, examples, the R package, rules that learn, words
of questions."""
TEXTS = {
    str(path.relative_to(COACH)): path.read_text()
    for path in COACH.rglob("*.py")
    if not str(path.relative_to(COACH)).startswith(PLACES)
}
HALF = len(HABITS) // 2


def test_no_field_of_the_words_has_a_default() -> None:
    assert all(
        field.default is MISSING and field.default_factory is MISSING for field in fields(Words)
    )


@pytest.mark.parametrize("name", HABITS)
def test_a_habit_has_the_name_by_which_the_table_has_it(name: Bias) -> None:
    assert HABITS[name].bias == name
    assert HABITS[name].formula.startswith(f"{name}@")


@pytest.mark.parametrize("name", HABITS)
def test_a_habit_is_named_in_its_module_and_the_table_alone(name: Bias) -> None:
    """Its name in quotes: what a program compares or looks up."""
    module = MODULES[name].removeprefix("coach.").replace(".", "/") + ".py"
    named = {place for place, text in TEXTS.items() if re.search(rf'["\']{name}["\']', text)}
    assert named == {module, "engine/biases/habits/catalogue.py"}


def test_nothing_else_names_most_habits() -> None:
    """The generator of made-up traders plants eleven of them, which is its own list."""
    for path in COACH.rglob("*.py"):
        place = str(path.relative_to(COACH))
        if "habits/catalogue" in place or place.startswith("engine/lab/generator/"):
            continue
        named = [name for name in HABITS if re.search(rf'["\']{name}["\']', path.read_text())]
        assert len(named) <= HALF, f"{place} names {named}"


@pytest.mark.parametrize("name", HABITS)
def test_a_habit_has_a_page_and_its_line_in_the_table_of_them(name: Bias) -> None:
    assert (ROOT / "docs" / "biases" / f"{name}.md").read_text().count(f"`{name}") >= 1
    assert f"[`{name}`](biases/{name}.md)" in (ROOT / "docs" / "insights.md").read_text()


def test_there_is_no_page_of_a_habit_that_is_none() -> None:
    assert {page.stem for page in (ROOT / "docs" / "biases").glob("*.md")} == set(HABITS)


def test_the_help_of_the_lab_names_the_habits_that_it_plants() -> None:
    _, option = get_args(generate.Biases)
    named = option.help.removeprefix("Plant it; may be repeated: ").rstrip(".").split(", ")
    assert named == list(PLANTED)
    assert set(named) <= set(HABITS)


def test_the_words_of_every_habit_load_no_numpy() -> None:
    """In a process of its own: what is loaded here says nothing."""
    line = (
        "import sys; from coach.engine.api.habits import OURS;"
        "from coach.engine.biases.habits.catalogue import HABITS;"
        "[OURS.supporting(bias) for bias in HABITS];"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", line], check=False, timeout=60).returncode == 0


def test_a_habit_that_tags_and_has_no_words_for_it_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="revenge tags events, and its words have no `tag`"):
        replace(revenge.DETECTOR, words=overtrading.WORDS)


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"above": "more was bought"}, r"has to hold {effect}"),
        ({"below": "{effect} and {n}"}, r"has to hold {effect}"),
        ({"claim": "It was {effect}."}, r"has to hold \['effect', 'interval', 'level', 'n'\]"),
    ],
)
def test_a_sentence_without_its_numbers_cannot_be_made(
    changed: dict[str, str], refused: str
) -> None:
    with pytest.raises(ValueError, match=refused):
        replace(overtrading.WORDS, **changed)  # type: ignore[arg-type] # texts


def test_no_name_of_others_stands_for_two_habits() -> None:
    names = [name for habit in HABITS.values() for name in habit.words.also]
    assert len(names) == len(set(names))
    assert not set(names) & set(HABITS)
