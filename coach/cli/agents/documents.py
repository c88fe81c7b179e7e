"""An answer as an agent gets it: long lists cut, and what people wrote marked as their text.

An agent's model reads data and instructions as one text. A note that says "ignore the rules above"
must not look like ours: every text of a person, a file or a broker stands alone in an object under
`untrusted_text`. What was cut is named beside the data, so that nothing is taken for the whole.
"""

from typing import TYPE_CHECKING, Final

from coach.wording.json_text import SCHEMA_VERSION

if TYPE_CHECKING:
    from coach.cli.agents.tools import ToolAnswer
    from coach.model.events import Json

MOST_PER_LIST: Final = 200
LONGEST_TEXT: Final = 1_000
MARK: Final = "untrusted_text"
TEXT_FIELDS: Final = frozenset(
    {"account", "file", "label", "name", "note", "question", "text", "user"}
)
"""Fields of views that hold what a person, a file or a broker wrote."""
REASONS_OF: Final = frozenset({"labels", "left_out"})
"""Lists in which a reason is a person's; elsewhere it is coach's own sentence."""


def document(tool: str, answer: "ToolAnswer") -> "dict[str, Json]":
    """Return the one object that a tool answers."""
    cut: list[Json] = []
    data = _bounded(answer.data, ("/data", ""), cut)
    if answer.left_out:
        cut.append({"at": "/data", "left_out": answer.left_out})
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": tool,
        "data": data,
        "cut": cut,
        "warnings": [*answer.warnings],
    }


def _bounded(value: "Json", at: tuple[str, str], cut: "list[Json]") -> "Json":
    """Return a value with its lists cut and its texts marked; `at` is its place, and its field."""
    place, field = at
    if isinstance(value, dict):
        return {
            key: _bounded(item, (f"{place}/{key}", _field(key, field)), cut)
            for key, item in value.items()
        }
    if isinstance(value, list):
        if len(value) > MOST_PER_LIST:
            left = len(value) - MOST_PER_LIST
            cut.append({"at": place, "left_out": f"{left} of {len(value)}, at the end"})
        shown = enumerate(value[:MOST_PER_LIST])
        return [_bounded(item, (f"{place}/{n}", field), cut) for n, item in shown]
    if field in TEXT_FIELDS and isinstance(value, str) and value:
        return _marked(value, place, cut)
    return value


def _field(key: str, owner: str) -> str:
    return "text" if key == "reason" and owner in REASONS_OF else key


def _marked(text: str, place: str, cut: "list[Json]") -> "Json":
    if len(text) > LONGEST_TEXT:
        cut.append({"at": place, "left_out": f"{len(text) - LONGEST_TEXT} characters of the text"})
    return {MARK: text[:LONGEST_TEXT]}
