"""The published schemas are those of the views, and there is one for every noun."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

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
    files = (path for path in folder.iterdir() if path.is_file())
    return {path.name: path.read_text() for path in files if path.name not in BY_HAND}


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
    required = schema["$defs"]["Payload"].get("required", ())
    assert set(required) == {field.name for field in fields(EVENT_TYPES[name])}


def test_the_page_of_events_has_the_table_of_their_types(generated: Path) -> None:
    _, _, table = (generated / "README.md").read_text().partition("of its type:\n\n")
    page = (ROOT / "docs" / "events.md").read_text()
    assert table.replace("](event.", "](schemas/event.") in page


RELEASED = sorted(path.name for path in (PUBLISHED / "released").glob("event.*.schema.json"))


def broken_promises(released: object, now: object, where: str = "payload") -> list[str]:
    """Return what a reader of the released schema would miss, or read otherwise."""
    if not isinstance(released, dict) or not isinstance(now, dict):
        return [] if released == now else [f"{where}: {released} became {now}"]
    found = []
    for key, value in released.items():
        if key in {"description", "title", "$id"}:
            continue
        if key not in now:
            found.append(f"{where}.{key} is gone")
        elif isinstance(value, list) and key in {"required", "enum"}:
            missing = [one for one in value if one not in now[key]]
            found += [f"{where}.{key} lost {one}" for one in missing]
        else:
            found += broken_promises(value, now[key], f"{where}.{key}")
    return found


@pytest.mark.parametrize("name", RELEASED)
def test_what_was_released_of_an_event_still_holds(name: str) -> None:
    type_, version = name.removesuffix(".schema.json").removeprefix("event.").rsplit(".", 1)
    if EVENT_TYPES[type_].v != int(version):
        return  # an older version: whoever reads it sees another `v`
    released = json.loads((PUBLISHED / "released" / name).read_text())
    now = json.loads((PUBLISHED / f"event.{type_}.schema.json").read_text())
    assert broken_promises(released, now) == []


def test_every_version_of_an_event_is_kept_as_released() -> None:
    kept = {f"event.{name}.{event.v}.schema.json" for name, event in EVENT_TYPES.items()}
    assert kept <= set(RELEASED), "python .ci/schemas.py --release keeps them"


def test_what_was_released_of_a_noun_still_holds() -> None:
    released = json.loads((PUBLISHED / "released" / "views.1.json").read_text())
    broken = {
        noun: broken_promises(schema, json.loads((PUBLISHED / f"{noun}.schema.json").read_text()))
        for noun, schema in released.items()
    }
    assert {noun: found for noun, found in broken.items() if found} == {}


@pytest.mark.parametrize(
    ("released", "now", "broken"),
    [
        ({"required": ["a"]}, {"required": ["a", "b"]}, []),
        ({"required": ["a", "b"]}, {"required": ["a"]}, ["payload.required lost b"]),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, []),
        ({"properties": {"a": {}}}, {"properties": {}}, ["payload.properties.a is gone"]),
        ({"type": "string"}, {"type": "integer"}, ["payload.type: string became integer"]),
        ({"description": "once"}, {"description": "now"}, []),
    ],
)
def test_a_field_may_be_added_and_none_taken_away(
    released: dict[str, Any], now: dict[str, Any], broken: list[str]
) -> None:
    assert broken_promises(released, now) == broken
