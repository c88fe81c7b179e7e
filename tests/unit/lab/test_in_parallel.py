"""Work shared out among processes comes back whole and in order."""

import os

import pytest

from coach.engine.jobs.in_parallel import in_parallel
from coach.errors import CoachError


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_answer_is_that_of_one_worker(workers: int) -> None:
    heard: list[int | None] = []
    found = in_parallel(lambda item: item * item, range(11), workers, lambda *n: heard.extend(n))
    assert found == [item * item for item in range(11)]
    assert heard == [n for done in range(1, 12) for n in (done, 11)]


def test_more_workers_than_work_do_no_harm() -> None:
    assert in_parallel(str, [1, 2], 8, lambda *_: None) == ["1", "2"]
    assert in_parallel(str, [], 8, lambda *_: None) == []


def test_what_the_work_holds_is_shared() -> None:
    held = {"large": 7}
    assert in_parallel(lambda item: held["large"] + item, [1, 2], 2, lambda *_: None) == [8, 9]


def test_a_worker_that_dies_is_told() -> None:
    def work(item: int) -> int:
        if item == 3:
            os._exit(9)
        return item

    with pytest.raises(CoachError, match="ended with 9"):
        in_parallel(work, range(6), 2, lambda *_: None)
