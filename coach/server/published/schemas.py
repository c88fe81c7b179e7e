"""The schemas of what routes answer: those of docs/schemas, as parts of the description.

What a route answers is written as the noun of its row, `trade[]` where it is a list of such rows,
and `trade[]|open-trade[]` where it may be either.
"""

import json
from typing import TYPE_CHECKING, cast

from coach.files import documents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coach.model.events import Json

JSON_SCHEMA = "json-schema"
"""The noun of an answer that is a JSON Schema itself."""
LIST = "[]"
PARTS = "#/components/schemas/"
DEFINITIONS = "#/$defs/"
OF_A_FILE = frozenset({"$schema", "$id", "$defs"})


def nouns_of(answers: "Iterable[str]") -> list[str]:
    """Return the nouns that answers consist of, each once."""
    named = {one.removesuffix(LIST) for text in answers for one in text.split("|")}
    return sorted(named)


def data_schema(answers: str) -> "Json":
    """Return the schema of the `data` of a route."""
    choices: list[Json] = [_choice(one) for one in answers.split("|")]
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def _choice(noun: str) -> "Json":
    row: Json = {"$ref": f"{PARTS}{noun.removesuffix(LIST)}"}
    return {"type": "array", "items": row} if noun.endswith(LIST) else row


def parts_of(noun: str) -> "dict[str, Json]":
    """Return the published schema of a noun, and apart from it what it is made of."""
    if noun == JSON_SCHEMA:
        return {noun: {"type": "object", "description": "A JSON Schema of the 2020-12 dialect."}}
    text = (documents() / "schemas" / f"{noun}.schema.json").read_text("utf-8")
    whole = cast("dict[str, Json]", _moved(json.loads(text), noun))
    inner = cast("dict[str, Json]", whole.get("$defs", {}))
    own = {name: value for name, value in whole.items() if name not in OF_A_FILE}
    if noun == "digest":
        own = _with_hash(own)
    return {noun: own, **{f"{noun}.{name}": part for name, part in inner.items()}}


def _with_hash(pack: "dict[str, Json]") -> "dict[str, Json]":
    """Return the schema of a pack to which its hash was added."""
    properties = cast("dict[str, Json]", pack["properties"])
    required = cast("list[Json]", pack["required"])
    hashed: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    return {
        **pack,
        "properties": {"sha256": hashed, **properties},
        "required": ["sha256", *required],
    }


def _moved(value: "Json", noun: str) -> "Json":
    """Return a schema whose references lead to where its definitions stand in the description."""
    if isinstance(value, list):
        return [_moved(one, noun) for one in value]
    if not isinstance(value, dict):
        return value
    moved = {name: _moved(one, noun) for name, one in value.items()}
    reference = moved.get("$ref")
    if isinstance(reference, str) and reference.startswith(DEFINITIONS):
        moved["$ref"] = f"{PARTS}{noun}.{reference.removeprefix(DEFINITIONS)}"
    return moved
