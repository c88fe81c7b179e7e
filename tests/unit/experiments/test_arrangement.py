"""On weeks are drawn from a seed that everybody can make again, and balanced in every block."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.experiments.arrangement import arrangements, drawn, seed, sizes

EVEN = st.integers(1, 52).map(lambda half: 2 * half)


@given(EVEN, st.integers(0, 2**48 - 1))
def test_half_of_every_block_is_on(weeks: int, number: int) -> None:
    blocks = sizes(weeks)
    on = drawn(number, blocks)
    assert len(on) == sum(blocks) == weeks
    start = 0
    for size in blocks:
        assert sum(on[start : start + size]) == size // 2
        start += size


@pytest.mark.parametrize(("weeks", "blocks"), [(8, (4, 4)), (10, (4, 4, 2)), (2, (2,))])
def test_blocks_are_of_four_and_the_last_may_be_of_two(weeks: int, blocks: tuple[int, ...]) -> None:
    assert sizes(weeks) == blocks


def test_the_draw_follows_from_user_rule_and_first_week() -> None:
    number = seed("u", "cooldown_after_loss", "2026-W14")
    assert drawn(number, sizes(12)) == drawn(number, sizes(12))
    others = [("v", "cooldown_after_loss", "2026-W14"), ("u", "other", "2026-W14")]
    assert number not in [seed(*other) for other in [*others, ("u", "other", "2026-W15")]]


def test_the_draw_is_the_same_for_ever() -> None:
    told = "".join("+" if on else "-" for on in drawn(seed("u", "r", "2026-W14"), sizes(14)))
    assert told == "+--+++---+-+-+"


def test_every_arrangement_is_drawn_equally_often() -> None:
    counts = dict.fromkeys(arrangements(4), 0)
    for number in range(3_000):
        counts[drawn(number, (4,))] += 1
    assert len(counts) == 6
    assert all(420 < count < 580 for count in counts.values())
