"""The only writer to stderr: errors always; hints, warnings and questions only to a person.

Without a terminal and on success not one byte is written here, so that cron stays silent.
"""

from typing import TextIO

from coach.settings import redact


class Talk:
    """Standard error, and how much of it is wanted."""

    def __init__(self, stream: TextIO, *, quiet: bool, json: bool) -> None:
        self.stream = stream
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

    def trace(self, text: str) -> None:
        """Write a traceback."""
        self._line(text.rstrip())

    def ask(self, question: str) -> None:
        """Write a question and stay on its line."""
        self.stream.write(f"coach: {question} [y/N] ")
        self.stream.flush()

    def _line(self, text: str) -> None:
        self.stream.write(f"{redact(text)}\n")
        self.stream.flush()
