"""The choice of a source is data that says why."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coach.engine.market.choice import SourceCandidate, choose

A, B = SourceCandidate("a", 0, latency_ms=100), SourceCandidate("b", 1, latency_ms=100)


def test_the_first_of_the_users_list_is_asked() -> None:
    assert choose([B, A]).source == "a"


def test_a_later_source_must_be_a_place_faster() -> None:
    assert choose([replace(A, latency_ms=1_050), B]).source == "a"
    assert choose([replace(A, latency_ms=1_150), B]).source == "b"


def test_failures_and_rests_count_as_time() -> None:
    assert choose([replace(A, failures=2, rest_s=0.5), B]).source == "b"


def test_a_source_that_has_rested_gets_its_chance_again() -> None:
    assert choose([replace(A, failures=3, breaker="half-open"), B]).source == "a"


def test_what_is_out_is_named_with_its_reason() -> None:
    choice = choose(
        [
            replace(A, off="not named"),
            replace(B, unfit="no dollars"),
            SourceCandidate("c", 2, breaker="open", failures=3),
            SourceCandidate("d", 3, tokens=0),
            SourceCandidate("e", 4, rest_s=3600, rest_reason="HTTP 418"),
            SourceCandidate("f", 5, tried="HTTP 503"),
            SourceCandidate("g", 6),
        ]
    )
    assert choice.source == "g"
    assert [one.verdict for one in choice.considered] == [
        *("off", "unfit", "ill", "resting", "resting", "tried", "chosen"),
    ]
    assert choice.reason == "the only one that can be asked"


def test_no_source_is_a_choice_too_and_says_why() -> None:
    choice = choose([replace(A, unfit="no dollars"), replace(B, off="not named")])
    assert (choice.source, choice.reason) == ("", "a: no dollars")
    assert choose([]).reason == "no source is enabled"


candidates = st.builds(
    SourceCandidate,
    name=st.uuids().map(str),
    place=st.integers(0, 5),
    off=st.sampled_from(["", "", "off"]),
    unfit=st.sampled_from(["", "", "unfit"]),
    tried=st.sampled_from(["", "", "tried"]),
    breaker=st.sampled_from(["closed", "open", "half-open"]),
    failures=st.integers(0, 9),
    latency_ms=st.none() | st.integers(0, 20_000),
    rest_s=st.floats(0, 100),
    tokens=st.none() | st.floats(0, 25),
    familiar=st.booleans(),
)


@given(st.lists(candidates, max_size=6))
def test_only_a_source_that_can_be_asked_is_chosen_and_every_one_has_its_verdict(
    sources: list[SourceCandidate],
) -> None:
    choice = choose(sources)
    assert [one.name for one in choice.considered] == [one.name for one in sources]
    assert all(one.reason for one in choice.considered)
    chosen = [one for one in sources if one.name == choice.source]
    for one in chosen:
        assert (one.off, one.unfit, one.tried) == ("", "", "")
        assert one.breaker != "open"
    if not chosen:
        assert not [one for one in choice.considered if one.verdict == "usable"]
