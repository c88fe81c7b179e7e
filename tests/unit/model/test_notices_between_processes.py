"""A notice stays one when another process hands it over."""

import pickle

from coach.model.notices import Notice


def test_a_notice_keeps_its_kind_and_its_facts_between_processes() -> None:
    told = Notice("a clock was guessed", "clock_guessed", zone="UTC")  # type: ignore[arg-type]
    again = pickle.loads(pickle.dumps(told))  # noqa: S301 -- our own
    assert (again, again.kind, again.facts) == (told, told.kind, told.facts)
