"""Writes docs/schemas: a JSON Schema of each noun of coach/views and of each type of event.

    python .ci/schemas.py [FOLDER]
    python .ci/schemas.py --release

The second keeps the schemas of events and nouns as released ones, which no later version may break:
a field may be added, and what raises `v` begins another file.

The rows are typed dictionaries of exact values. They are rewritten as JSON carries them (a
`Decimal` is a string, a fill's key is hex) and pydantic makes the schemas. The schema of an event
is that of its envelope, with the fields of its type as the payload.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from functools import reduce
from operator import or_
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict, is_typeddict

from coach.engine.rules.kinds.catalogue import KINDS
from coach.model.event_types import EVENT_TYPES
from coach.model.events import Json, NewEvent
from coach.model.rules import RuleKind
from coach.views.events import EventRow
from coach.views.nouns import COMMANDS, NOUNS

FOLDER = Path(__file__).parents[1] / "docs" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
AS_JSON = {
    Decimal: Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")],
    bytes: Annotated[str, Field(pattern="^([0-9a-f]{2})+$")],
    RuleKind: Annotated[str, Field(json_schema_extra={"enum": list[Any](KINDS)})],
}


class UntitledFields(GenerateJsonSchema):
    """JSON Schema in which a field has no title: its name says as much."""

    def field_title_should_be_set(self, _: object) -> bool:
        """Return no."""
        return False


def json_type(hint: object, known: dict[object, object]) -> object:
    """Return the type of a value once it is JSON; `known` holds the rows rewritten so far."""
    if hint == Json:
        return Any
    if is_typeddict(hint):
        return json_object(hint, known)
    if get_origin(hint) in {None, Literal, Annotated}:
        return AS_JSON.get(hint, hint)
    return json_container(hint, known)


def json_container(hint: object, known: dict[object, object]) -> object:
    """Return a union, an object with values of one type, or an array, with its parts as JSON."""
    origin = get_origin(hint)
    parts = tuple(json_type(part, known) for part in get_args(hint) if part is not ...)
    if origin in {Union, UnionType}:
        return reduce(or_, parts)
    return dict[parts] if issubclass(origin, Mapping) else list[reduce(or_, parts)]


def json_object(row: type, known: dict[object, object]) -> object:
    """Return a row with its fields as JSON. It is open: a later version may add fields."""
    if row not in known:
        fields = {name: json_type(hint, known) for name, hint in row.__annotations__.items()}
        known[row] = made = TypedDict(row.__name__, fields)
        made.__doc__ = row.__doc__
        made.__module__ = row.__module__
    return known[row]


def event_row(event: type[NewEvent]) -> type:
    """Return the row of an event of one type: the envelope with that type's payload."""
    payload = TypedDict("Payload", {field.name: field.type for field in fields(event)})
    payload.__doc__ = "The facts of the event."
    row = TypedDict(
        event.__name__,
        {
            **EventRow.__annotations__,
            "type": Literal[event.type],
            "v": Literal[event.v],
            "payload": payload,
        },
    )
    row.__doc__ = event.__doc__
    return row


def schema(noun: str, row: type) -> str:
    """Return the schema of a noun as it is published."""
    made = TypeAdapter(json_object(row, {})).json_schema(
        mode="serialization", schema_generator=UntitledFields
    )
    head = {"$schema": DIALECT, "$id": f"urn:coach:schema:{noun}:1"}
    return json.dumps(head | made, indent=2) + "\n"


def contents() -> str:
    """Return the page that says which command prints which noun."""
    rows = "\n".join(
        f"| `coach {command}` | [{noun}]({noun}.schema.json) |"
        for command, noun in COMMANDS.items()
    )
    return (
        "# Schemas\n\n"
        "With `--json` every command prints one object, and its `data` is one of these or a list\n"
        "of them. `coach events` prints one event a line. Fields are added, never taken away.\n"
        "The schemas are made from `coach/views` by `.ci/schemas.py`; two are not: a\n"
        "[rule](rule.schema.json) as `coach rules add --from` takes it, and the pack of a\n"
        "[digest](digest.schema.json).\n\n"
        f"| command | `data` |\n|---|---|\n{rows}\n\n"
        "An event is an [event](event.schema.json), and of its type:\n\n"
        f"{event_table()}"
    )


def event_table() -> str:
    """Return the types of events: when each is written, its payload, and what to read again."""
    rows = "\n".join(
        f"| [`{name}`](event.{name}.schema.json) | {(event.__doc__ or '').splitlines()[0]} |"
        f" {', '.join(f'`{field.name}`' for field in fields(event))} | {', '.join(event.stale)} |"
        for name, event in EVENT_TYPES.items()
    )
    return f"| type | when | payload | read again |\n|---|---|---|---|\n{rows}\n"


def main(folder: Path) -> None:
    """Write the schemas and their page."""
    for noun, row in NOUNS.items():
        (folder / f"{noun}.schema.json").write_text(schema(noun, row))
    for name, event in EVENT_TYPES.items():
        (folder / f"event.{name}.schema.json").write_text(schema(f"event.{name}", event_row(event)))
    (folder / "README.md").write_text(contents())


def release() -> None:
    """Keep what is published of events as released, unless that version of it was before."""
    for name, event in EVENT_TYPES.items():
        kept = FOLDER / "released" / f"event.{name}.{event.v}.schema.json"
        if not kept.exists():
            kept.parent.mkdir(exist_ok=True)
            kept.write_text((FOLDER / f"event.{name}.schema.json").read_text())
    keep_views(FOLDER / "released" / "views.1.json")


def keep_views(file: Path) -> None:
    """Keep the schema of each noun that is not released yet, all in one file."""
    kept = json.loads(file.read_text()) if file.exists() else {}
    for noun in NOUNS.keys() - kept.keys():
        kept[noun] = json.loads((FOLDER / f"{noun}.schema.json").read_text())
    file.write_text(json.dumps(dict(sorted(kept.items())), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["--release"]:
        release()
    else:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
