"""Rules as they are typed: words, and JSON from a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.advice.rule_words import read_params
from coach.cli.rules.words import read_json
from coach.errors import UsageError

DEEP = "[" * 10_000 + "]" * 10_000
TWICE = '[{"kind": "a", "kind": "b"}]'


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    def written(text: str) -> str:
        place = tmp_path / "rules.json"
        place.write_text(text)
        return str(place)

    return written


def test_a_file_says_each_key_once(file: Callable[[str], str]) -> None:
    with pytest.raises(UsageError, match=r"rules\.json: the key 'kind' stands twice"):
        read_json(file(TWICE))
    with pytest.raises(UsageError, match=r"^rules: the key 'kind' stands twice"):
        read_params([f"rules={TWICE}"])


def test_deep_json_is_refused_wherever_it_is_given(file: Callable[[str], str]) -> None:
    with pytest.raises(UsageError, match=r"rules\.json: lists and objects are nested more than 32"):
        read_json(file(DEEP))
    with pytest.raises(UsageError, match=r"^rules: lists and objects are nested more than 32"):
        read_params([f"rules={DEEP}"])


@pytest.mark.parametrize("text", ["[1, 2]", '{"a": 1}', "true", "1.0", "-0", TWICE, DEEP])
def test_a_note_stays_as_it_was_typed(text: str) -> None:
    assert read_params([f"note={text}"]) == {"note": text}
