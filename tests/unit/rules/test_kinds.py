"""A kind is one module that leaves nothing out."""

import re
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from coach.engine.rules.kinds.catalogue import KINDS, MODULES, kind_of
from coach.engine.rules.kinds.kind import Kind
from coach.model.rules import RuleKind

COACH = Path(__file__).parents[3] / "coach"
EXAMPLES = {
    "advice/rule_words.py",
    "cli/rules/calibration.py",
    "cli/rules/changes.py",
    "cli/commands/demo.py",
    "cli/commands/experiments.py",
    "cli/rules/runs.py",
    "cli/rules/words.py",
    "cli/rules/group.py",
    "cli/commands/simulate.py",
    "engine/api/simulate.py",
    "engine/rules/draft.py",
    "engine/rules/presets.py",
    "tui/panels/rule_changes.py",
    "tui/panels/rules.py",
}
"""Where kinds are named to show how a rule is written, or to begin with."""
ANSWERING = "engine/biases/habits/"
"""A habit names the kinds of rules that answer it."""
TEXTS = {str(path.relative_to(COACH)): path.read_text() for path in COACH.rglob("*.py")}


def test_no_field_of_a_kind_has_a_default() -> None:
    assert all(
        field.default is MISSING and field.default_factory is MISSING for field in fields(Kind)
    )


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_has_the_name_by_which_the_table_has_it(name: RuleKind) -> None:
    assert kind_of(name).name == name


@pytest.mark.parametrize("name", [name for name in KINDS if name not in {"all", "any"}])
def test_a_kind_is_named_in_its_module_and_the_table_alone(name: RuleKind) -> None:
    module = MODULES[name].removeprefix("coach.").replace(".", "/") + ".py"
    named = {place for place, text in TEXTS.items() if re.search(rf"\b{name}\b", text)}
    named -= {place for place in named if place.startswith(ANSWERING)}
    assert named - EXAMPLES == {module, "engine/rules/kinds/catalogue.py"}


def test_the_words_of_every_kind_load_no_numpy() -> None:
    """In a process of its own: what is loaded here says nothing."""
    line = (
        "import sys; from coach.engine.rules.schema import rule_schema; rule_schema();"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", line], check=False, timeout=60).returncode == 0


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule of kind 'hope' is known"):
        kind_of("hope")
