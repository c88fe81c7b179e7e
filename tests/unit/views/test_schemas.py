"""The published schemas are those of the views, and there is one for every noun."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from coach.model.event_types import EVENT_TYPES
from coach.model.events import EventType
from coach.views.nouns import COMMANDS, NOUNS

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "docs" / "schemas"
BY_HAND = {"digest.schema.json", "rule.schema.json"}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schemas")
    subprocess.run([sys.executable, ROOT / ".ci" / "schemas.py", folder], check=True)
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.name not in BY_HAND}


def test_what_is_published_is_what_is_generated(generated: Path) -> None:
    assert contents(PUBLISHED) == contents(generated), "python .ci/schemas.py writes them anew"


def test_every_noun_is_printed_by_a_command() -> None:
    assert set(COMMANDS.values()) == NOUNS.keys()


@pytest.mark.parametrize("noun", NOUNS)
def test_a_published_schema_is_one(noun: str) -> None:

    schema = json.loads((PUBLISHED / f"{noun}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    assert set(schema["required"]) == NOUNS[noun].__annotations__.keys()
    assert schema["description"]


def test_every_type_of_event_is_one_dataclass() -> None:
    assert set(get_args(EventType)) == EVENT_TYPES.keys()


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_schema_of_an_event_closes_over_its_type_and_payload(name: str) -> None:
    schema = json.loads((PUBLISHED / f"event.{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["type"]["const"] == name
    required = schema["$defs"]["Payload"]["required"]
    assert set(required) == {field.name for field in fields(EVENT_TYPES[name])}


def test_the_page_of_events_has_the_table_of_their_types(generated: Path) -> None:
    _, _, table = (generated / "README.md").read_text().partition("of its type:\n\n")
    page = (ROOT / "docs" / "events.md").read_text()
    assert table.replace("](event.", "](schemas/event.") in page
