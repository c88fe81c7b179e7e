"""What a trader should know about a statement: one sentence per matter, with its lines."""

from typing import TYPE_CHECKING

from coach.model.notices import Notice

if TYPE_CHECKING:
    from decimal import Decimal

LINES_NAMED = 3
MOST_SENTENCES = 50


class Notices:
    """Collects sentences while a statement is read; a thousand equal ones cost as much as one.

    `sizes` are the units in one contract of each symbol, where it is not one.
    """

    def __init__(self) -> None:
        self._lines: dict[str, list[int]] = {}
        self._counts: dict[str, int] = {}
        self._unnamed = 0
        self.sizes: dict[str, Decimal] = {}

    def add(self, sentence: str, line: int = 0) -> None:
        """Note a sentence about a line, or about the whole file when `line` is 0."""
        if sentence not in self._counts:
            if len(self._counts) == MOST_SENTENCES:
                self._unnamed += 1
                return
            self._counts[sentence] = 0
            self._lines[sentence] = []
        self._counts[sentence] += 1
        if line and len(self._lines[sentence]) < LINES_NAMED:
            self._lines[sentence].append(line)

    def sentences(self) -> tuple[str, ...]:
        """Return what was noted, oldest first: `line 9: …`, `lines 9, 12, 15 and 4 more: …`."""
        sentences = [self._with_lines(sentence) for sentence in self._counts]
        if self._unnamed:
            sentences.append(f"{self._unnamed} further warnings are not shown")
        return tuple(sentences)

    def _with_lines(self, sentence: str) -> str:
        lines = self._lines[sentence]
        if not lines:
            return sentence
        more = self._counts[sentence] - len(lines)
        rest = f" and {more} more" if more else ""
        word = "line" if len(lines) == 1 and not more else "lines"
        text = f"{word} {', '.join(map(str, lines))}{rest}: {sentence}"
        return Notice(text, sentence.kind) if isinstance(sentence, Notice) else text
