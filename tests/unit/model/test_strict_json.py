"""What a person wrote as JSON says each thing once, and is not nested without an end."""

import pytest

from coach.model.machine.strict_json import DEEPEST, RefusedJson, parse_json


def test_a_key_stands_once_in_each_object() -> None:
    assert parse_json('[{"a": 1}, {"a": {"a": 2}}]') == [{"a": 1}, {"a": {"a": 2}}]
    with pytest.raises(RefusedJson, match="the key 'a' stands twice in one object"):
        parse_json('[{"b": {"a": 1, "a": 1}}]')


def nested(levels: int) -> tuple[str, ...]:
    return "[" * levels + "]" * levels, '{"a":' * levels + "1" + "}" * levels


def test_as_many_levels_as_the_limit_are_read() -> None:
    for text in nested(DEEPEST):
        assert parse_json(text)


@pytest.mark.parametrize("levels", [DEEPEST + 1, 1_000, 10_000, 300_000])
def test_deeper_levels_are_refused_and_told_the_limit(levels: int) -> None:
    for text in nested(levels):
        with pytest.raises(RefusedJson, match="nested more than 32 deep"):
            parse_json(text)


@pytest.mark.parametrize("text", ["", "{", "[1", "walk", "'a'", "[" * 10])
def test_what_is_not_json_is_no_refusal(text: str) -> None:
    with pytest.raises(ValueError, match="line 1") as caught:
        parse_json(text)
    assert not isinstance(caught.value, RefusedJson)
