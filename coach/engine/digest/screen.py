"""A digest on a terminal: the highlight, what it cost and the next step on its first screen.

It says what the text says, folded to the screen, and each sentence once. The next step is the
face's: a digest speaks of what happened. The evidence is a block of its own.
"""

from coach.engine.digest.render import (
    COLUMNS,
    PLAIN_FORM,
    TEXT_FORM,
    evidence_section,
    text_section,
    text_table,
    wrapped,
)
from coach.engine.digest.shape import DigestStatement, Pack
from coach.engine.digest.words import FOOTNOTE, Page, Section, read

ROWS = 24
PARTS_OF_THE_FIRST_SCREEN = 4


def page(pack: Pack, next_step: Section, columns: int = COLUMNS) -> str:
    """Write the digest without its evidence.

    What of the cost does not fit on the first screen comes after the next step.
    """
    read_page = read(_each_sentence_once(pack), TEXT_FORM)
    highlight, cost, *rest = read_page.story
    fixed = [wrapped(read_page.title, "", columns), text_section(highlight, columns)]
    step = text_section(next_step, columns)
    taken = sum(map(_height, (*fixed, step))) + PARTS_OF_THE_FIRST_SCREEN
    estimate = sum(not _is_not_of_a_habit(one) for one in pack["cost"])
    shown, more = _split(cost, max(1, estimate), ROWS - taken, columns)
    parts = [*fixed, text_section(shown, columns), step]
    if more.lines:
        parts.append(text_section(more, columns))
    parts += [text_section(section, columns) for section in rest]
    parts += [text_table(table, columns) for table in read_page.tables()]
    parts += [
        text_section(section, columns) for section in (*read_page.after_tables, *read_page.details)
    ]
    return "\n\n".join([*parts, wrapped(FOOTNOTE, "", columns)]) + "\n"


def words(pack: Pack) -> Page:
    """Put a digest into words: each sentence once, without the names of its evidence."""
    return read(_each_sentence_once(pack), PLAIN_FORM)


def evidence(pack: Pack, columns: int = COLUMNS) -> str:
    """Write what the figures of a digest rest on."""
    return text_section(evidence_section(pack), columns) + "\n"


def _each_sentence_once(pack: Pack) -> Pack:
    """Return the pack with a cost that stands in both parts in that of the cost alone, and first.

    What follows an estimate there are the days it looked back on.
    """
    highlight = pack["highlight"]
    told = [one for one in highlight["statements"] if one not in pack["cost"]]
    cost = sorted(pack["cost"], key=_is_not_of_a_habit)
    return {**pack, "highlight": {**highlight, "statements": told}, "cost": cost}


def _is_not_of_a_habit(statement: DigestStatement) -> bool:
    return not statement["say"].startswith("trait.")


def _split(section: Section, fewest: int, rows: int, columns: int) -> tuple[Section, Section]:
    """Return as many lines of a section, so few at least, as so many rows hold, and the rest."""
    count = len(section.lines)
    while count > fewest and _height(text_section(_head(section, count), columns)) > rows:
        count -= 1
    return _head(section, count), Section("What else it cost", section.lines[count:])


def _head(section: Section, count: int) -> Section:
    return Section(section.title, section.lines[:count])


def _height(text: str) -> int:
    return text.count("\n") + 1
