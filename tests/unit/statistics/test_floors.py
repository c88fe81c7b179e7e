"""How many more trades: a number that is bounded, and that falls as suitable trades come in."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coach.engine.statistics.floors import ComparisonSample, Counts, still_needed

counts = st.integers(0, 40)


def mixed(losses: int, wins: int, others: int = 0, start_up: int = 0) -> ComparisonSample:
    """Say that every stratum holds both kinds; `others` are entries that followed no new close."""
    seen = Counts(losses, wins)
    return ComparisonSample(seen, seen, seen, losses + wins + others, start_up)


def unmixed(losses: int, newest: int) -> ComparisonSample:
    """Losses alone, `newest` of them in the newest stratum."""
    return ComparisonSample(Counts(losses, 0), Counts(0, 0), Counts(newest, 0), losses)


def with_one_more(sample: ComparisonSample, outcome: str) -> ComparisonSample:
    """One more close of that kind, in a stratum that is mixed or can be."""
    loss = int(outcome == "loss")
    each = [
        Counts(one.losses + loss, one.wins + 1 - loss)
        for one in (sample.seen, sample.compared, sample.in_reach)
    ]
    return replace(
        sample, seen=each[0], compared=each[1], in_reach=each[2], entries=sample.entries + 1
    )


def test_twenty_closes_with_eight_of_each_are_enough() -> None:
    assert still_needed(mixed(losses=8, wins=12)) == 0


@pytest.mark.parametrize(("losses", "wins"), [(8, 11), (7, 13), (13, 7)])
def test_one_short_of_any_floor_is_not_enough(losses: int, wins: int) -> None:
    assert still_needed(mixed(losses, wins)) > 0


def test_somebody_new_needs_twenty_comparisons_and_a_start() -> None:
    assert still_needed(mixed(losses=0, wins=0, start_up=5)) == 25


def test_one_loss_in_six_takes_six_trades_for_each_loss_missing() -> None:
    assert still_needed(mixed(losses=4, wins=20)) == 24


def test_three_entries_after_every_close_take_three_times_as_many() -> None:
    assert still_needed(mixed(losses=5, wins=5, others=20)) == 30


def test_loss_and_win_in_turn_need_one_trade_less_each_time() -> None:
    one_loss = unmixed(1, newest=1)
    in_turn = [
        mixed(0, 0),
        one_loss,
        *(mixed(place - place // 2, place // 2) for place in range(2, 20)),
    ]
    assert [still_needed(sample) for sample in in_turn] == list(range(20, 0, -1))


@given(st.integers(10, 5_000), st.integers(1, 12))
def test_losses_without_end_ask_for_no_more_than_eighty_trades(losses: int, newest: int) -> None:
    assert still_needed(unmixed(losses, min(losses, newest))) <= 20 * 10
    assert still_needed(unmixed(losses, min(losses, newest))) >= 8 * 10


def test_closes_of_old_strata_that_all_ended_alike_are_not_counted_on() -> None:
    """12 losses in January, then 8 wins and 4 losses: 8 closes are missing, at one a trade."""
    sample = ComparisonSample(Counts(16, 8), Counts(4, 8), Counts(4, 8), entries=24)
    assert still_needed(sample) == 8


def test_a_full_but_unmixed_newest_stratum_still_needs_one_trade() -> None:
    sample = ComparisonSample(Counts(20, 8), Counts(8, 8), Counts(20, 8), entries=28)
    assert still_needed(sample) == 1


@given(counts, counts, counts)
def test_a_short_sample_never_needs_nothing(losses: int, wins: int, others: int) -> None:
    enough = losses >= 8 and wins >= 8 and losses + wins >= 20
    assert (still_needed(mixed(losses, wins, others)) == 0) == enough


@given(counts, counts, counts)
def test_no_sample_asks_for_more_than_ten_times_its_floor(
    losses: int, wins: int, others: int
) -> None:
    assert still_needed(mixed(losses, wins, others)) <= 10 * 20


@given(counts, counts, counts, st.data())
def test_a_close_of_the_kind_that_is_missing_never_raises_it(
    losses: int, wins: int, others: int, data: st.DataObject
) -> None:
    missing = [kind for kind, count in (("loss", losses), ("win", wins)) if count < 8]
    assume(len(missing) == 1)
    reached = Counts(data.draw(st.integers(0, losses)), data.draw(st.integers(0, wins)))
    before = replace(mixed(losses, wins, others), in_reach=reached)
    assume(min(reached) == (reached.losses if missing == ["loss"] else reached.wins))
    assert still_needed(with_one_more(before, missing[0])) <= still_needed(before)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(2, 8))
def test_at_the_same_mix_the_trades_asked_for_are_enough(
    losses: int, wins: int, rounds: int
) -> None:
    """From one loss in five to four in five, each round alike."""
    needed = still_needed(mixed(losses * rounds, wins * rounds))
    rounds_more, rest = divmod(needed, losses + wins)
    seen = Counts(losses * (rounds + rounds_more), wins * (rounds + rounds_more))
    after = Counts(seen.losses + min(rest, losses), seen.wins + min(rest, wins))
    assert still_needed(mixed(after.losses, after.wins)) == 0
