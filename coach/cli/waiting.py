"""What is said after an answer when questions wait for the trader."""

from typing import TYPE_CHECKING

from coach.wording.numbers import counted

if TYPE_CHECKING:
    from coach.engine.api.session import Session


def waiting_hints(session: "Session") -> tuple[str, ...]:
    """Return how many questions wait for an answer, nothing where none does."""
    from coach.engine.api.open_questions import waiting_questions

    waiting = len(waiting_questions(session))
    asked = counted(waiting, "question waits", "questions wait")
    return (f"{asked} for your answer: coach plans questions",) if waiting else ()
