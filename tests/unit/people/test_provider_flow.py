"""One way to a provider and back, as the browser's cookie says it."""

from datetime import UTC, datetime, timedelta

import pytest

from coach.engine.api.people.provider_flow import begin_flow, flow_of_cookie

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_a_cookie_is_read_as_it_was_written() -> None:
    flow = begin_flow("confirm", NOW)
    found = flow_of_cookie(flow.cookie().reveal(), NOW + timedelta(minutes=9, seconds=59))
    assert found is not None
    assert (found.purpose, found.begun_at) == ("confirm", int(NOW.timestamp()))
    assert (found.state, found.nonce, found.verifier) == (flow.state, flow.nonce, flow.verifier)


def test_what_goes_to_the_provider_is_of_one_flow_and_tells_nothing_of_the_rest() -> None:
    one, two = begin_flow("sign-in", NOW), begin_flow("sign-in", NOW)
    texts = [one.state, one.nonce, one.verifier, two.state, two.nonce, two.verifier]
    assert len({*texts, one.secret.reveal()}) == 7
    assert {len(text) for text in texts} == {43}
    assert one.has_state(one.state)
    assert not one.has_state(two.state)
    assert not one.has_state("")
    assert not one.has_state("\udcff")


@pytest.mark.parametrize(
    "passed", [timedelta(minutes=10), timedelta(days=1), timedelta(seconds=-5)]
)
def test_a_flow_is_over_after_ten_minutes_and_not_before_it_began(passed: timedelta) -> None:
    cookie = begin_flow("sign-in", NOW).cookie().reveal()
    assert flow_of_cookie(cookie, NOW + passed) is None


@pytest.mark.parametrize("at", [0, 1])
def test_another_purpose_or_time_is_another_state(at: int) -> None:
    flow = begin_flow("sign-in", NOW)
    parts = flow.cookie().reveal().split(".")
    parts[at] = ("confirm", str(int(parts[1]) + 60))[at]
    other = flow_of_cookie(".".join(parts), NOW + timedelta(minutes=1))
    assert other is not None
    assert not other.has_state(flow.state)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "sign-in.1.x", "sign-in..", "x" * 5_000, "sign-in.²." + "x" * 43]
)
def test_what_is_no_cookie_of_ours_is_no_flow(text: str) -> None:
    assert flow_of_cookie(text, NOW) is None


def test_a_purpose_that_nobody_has_is_none() -> None:
    cookie = begin_flow("sign-in", NOW).cookie().reveal()
    assert flow_of_cookie(cookie.replace("sign-in", "admin"), NOW) is None
