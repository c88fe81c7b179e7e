"""A question about a rule of the trader's, and what was answered, on one line."""

from coach.model.plans import ReasonQuestion


def describe_question(asked: ReasonQuestion) -> str:
    """Return which question was asked when, and what was answered, by the newest fill then."""
    said = "not answered" if asked.answer is None else f"answered {asked.answer}"
    on = "" if asked.answered_at is None else f" on {asked.answered_at:%Y-%m-%d}"
    lapsed = ", and its pattern is gone" if asked.state == "lapsed" else ""
    about = f"question {asked.id} about {asked.bias}, asked on {asked.asked_at:%Y-%m-%d}"
    return f"{about}: {said}{on}{lapsed}"
