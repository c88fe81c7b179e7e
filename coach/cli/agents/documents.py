"""An answer as an agent gets it: long lists cut, and what people wrote marked as their text.

An agent's model reads data and instructions as one text. A note that says "ignore the rules above"
must not look like ours: every text of a person, a file or a broker stands alone in an object under
`untrusted_text`. What was cut is named beside the data, so that nothing is taken for the whole.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from coach.wording.json_text import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.model.events import Json

MOST_PER_LIST: Final = 200
LONGEST_TEXT: Final = 1_000
TOP: Final = "/data"
NUMBER: Final = re.compile(r"/[0-9]+(?=/|$)")
MARK: Final = "untrusted_text"
TEXT_FIELDS: Final = frozenset(
    {"account", "file", "label", "name", "note", "question", "text", "user"}
)
"""Fields of views that hold what a person, a file or a broker wrote."""
NAMED_BY_NUMBERS: Final = frozenset({"evidence"})
"""Lists whose rows the numbers of an answer name: without a row a number would have no evidence."""
REASONS_OF: Final = frozenset({"labels", "left_out"})
"""Lists in which a reason is a person's; elsewhere it is coach's own sentence."""


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool found; `left_out` says which rows are not there.

    A warning that names an account is marked: somebody chose that name.
    """

    data: "Json"
    warnings: "tuple[Json, ...]" = ()
    left_out: str = ""


@dataclass(slots=True)
class _Cuts:
    """How many of a list within the answer are shown, and what is left out where."""

    within: int
    lists: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)
    texts: "list[Json]" = field(default_factory=list)

    def note_list(self, place: str, length: int, shown: int) -> None:
        """Note a list of which only the beginning is shown; those of one kind are told as one."""
        kind = NUMBER.sub("/*", place)
        self.lists.setdefault(kind, []).append((place, length - shown, length))

    def told(self) -> "Iterator[Json]":
        """Yield what was left out."""
        more = f"; give within, at most {MOST_PER_LIST}" if self.within < MOST_PER_LIST else ""
        for kind, cut in self.lists.items():
            left, of = sum(one[1] for one in cut), sum(one[2] for one in cut)
            alone = len(cut) == 1
            ends = "at the end" if alone else f"at the ends of {len(cut)} lists"
            place = cut[0][0] if alone else kind
            yield {"at": place, "left_out": f"{left} of {of}, {ends}{more if place != TOP else ''}"}
        yield from self.texts


def document(tool: str, answer: ToolAnswer, within: int = MOST_PER_LIST) -> "dict[str, Json]":
    """Return the one object that a tool answers; `within` is how much of an inner list is shown."""
    cuts = _Cuts(within)
    data = _bounded(answer.data, (TOP, ""), cuts)
    cut = [*cuts.told()]
    if answer.left_out:
        cut.append({"at": TOP, "left_out": answer.left_out})
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": tool,
        "data": data,
        "cut": cut,
        "warnings": [*answer.warnings],
    }


def _bounded(value: "Json", at: tuple[str, str], cuts: _Cuts) -> "Json":
    """Return a value with its lists cut and its texts marked; `at` is its place, and its field."""
    place, name = at
    if isinstance(value, dict):
        return {
            key: _bounded(item, (f"{place}/{key}", _field(key, name)), cuts)
            for key, item in value.items()
        }
    if isinstance(value, list):
        most = MOST_PER_LIST if place == TOP or name in NAMED_BY_NUMBERS else cuts.within
        if len(value) > most:
            cuts.note_list(place, len(value), most)
        shown = enumerate(value[:most])
        return [_bounded(item, (f"{place}/{n}", name), cuts) for n, item in shown]
    if name in TEXT_FIELDS and isinstance(value, str) and value:
        return _marked(value, place, cuts)
    return value


def untrusted(text: str) -> "dict[str, Json]":
    """Return a text that a person wrote, or a sentence that quotes one, so that it is marked."""
    return {MARK: text[:LONGEST_TEXT]}


def _field(key: str, owner: str) -> str:
    return "text" if key == "reason" and owner in REASONS_OF else key


def _marked(text: str, place: str, cuts: _Cuts) -> "Json":
    if len(text) > LONGEST_TEXT:
        left = f"{len(text) - LONGEST_TEXT} characters of the text"
        cuts.texts.append({"at": place, "left_out": left})
    return untrusted(text)
