"""The only writer to stderr: errors always; hints, warnings and questions only to a person.

What has to be done elsewhere before a command goes on is said to whoever started it.

Without a terminal and on success not one byte is written here, so that cron stays silent.
"""

from typing import TextIO

from coach.cli.show.screen import wrapped
from coach.settings.redaction import redact
from coach.wording.visible import visible, visible_lines


class Talk:
    """Standard error, and how much of it is wanted."""

    def __init__(
        self,
        stream: TextIO,
        *,
        quiet: bool,
        json: bool,
        width: int = 80,
        accessible: bool = False,
    ) -> None:
        self.stream = stream
        self.width = width
        self.accessible = accessible
        self._rewritten = False
        self.someone_looks_on = stream.isatty() and not quiet and not json

    def error(self, message: str, hint: str = "") -> None:
        """Say what went wrong and what to do next."""
        self._line(f"coach: {message}")
        if hint:
            self._line(f"hint: {hint}")

    def warning(self, message: str) -> None:
        """Say something worth knowing."""
        if self.someone_looks_on:
            self._line(f"coach: {message}")

    def hint(self, message: str) -> None:
        """Say what could be done next."""
        if self.someone_looks_on:
            self._line(message)

    def instruct(self, what: str, address: str) -> None:
        """Say what has to be done before the command goes on, with an address to copy."""
        self._line(f"coach: {what}")
        self._line(address)

    def repeat(self, line: str) -> None:
        """Write a line that a child of ours wrote to its own standard error."""
        self._line(line)

    def trace(self, text: str) -> None:
        """Write a traceback."""
        lines = visible_lines(redact(text.rstrip()))
        self.stream.write("".join(f"{line}\n" for line in lines))
        self.stream.flush()

    def ask(self, question: str, answers: str = "[y/N]") -> None:
        """Write a question and the answers it takes, and stay on its line."""
        lines = wrapped(visible(f"coach: {question} {answers}"), self.width)
        self.stream.write("\n".join(lines) + " ")
        self.stream.flush()

    def end_line(self) -> None:
        """End the line of a question that nobody answered."""
        self.stream.write("\n")
        self.stream.flush()

    def rewrite(self, text: str) -> None:
        """Write a line in the place of the one that was written so before; a person alone sees it.

        An empty one takes the last away.
        """
        if self.someone_looks_on and not self.accessible and (text or self._rewritten):
            self.stream.write(f"\r\x1b[K{visible(text)[: self.width - 1]}")
            self.stream.flush()
            self._rewritten = bool(text)

    def _line(self, text: str) -> None:
        self.rewrite("")
        lines = visible_lines(redact(text))
        if self.stream.isatty():
            lines = [part for line in lines for part in wrapped(line, self.width)]
        self.stream.write("".join(f"{line}\n" for line in lines))
        self.stream.flush()
