"""The settings of a language model: an address that nobody on the way can read, and its key."""

from pathlib import Path

import pytest

from coach.errors import ConfigError
from coach.settings.reading import read
from coach.settings.values import Settings

LOCAL = "http://localhost:11434/v1"


def settings(home: Path, **variables: str) -> Settings:
    return read({"COACH_HOME": str(home), **variables}, {})


def test_without_settings_there_is_no_model(tmp_path: Path) -> None:
    assert not settings(tmp_path).model.configured
    assert not settings(tmp_path, COACH_MODEL_URL=LOCAL).model.configured


def test_a_model_has_an_address_a_name_and_a_key_that_is_hidden(tmp_path: Path) -> None:
    found = settings(
        tmp_path, COACH_MODEL_URL=LOCAL, COACH_MODEL_NAME="tiny", COACH_MODEL_KEY="canary"
    )
    assert found.model.configured
    assert found.model.key().reveal() == "canary"
    assert "canary" not in repr(found)
    listed = {one.name: one.value for one in found.origins}
    assert (listed["model_url"], listed["model_key"]) == (LOCAL, "***")


def test_the_key_is_fetched_when_it_is_needed(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    found = settings(tmp_path, COACH_MODEL_KEY_COMMAND=f"touch {witness}; echo canary")
    assert not witness.exists()
    assert found.model.key().reveal() == "canary"
    assert witness.exists()


@pytest.mark.parametrize(
    "url", ["http://example.org/v1", "ftp://localhost", "localhost:11434", "https://a@b/v1"]
)
def test_an_address_that_others_could_read_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="model_url"):
        settings(tmp_path, COACH_MODEL_URL=url)


@pytest.mark.parametrize("tokens", ["-1", "many", "1.5", ""])
def test_a_budget_is_a_number_of_tokens(tmp_path: Path, tokens: str) -> None:
    if not tokens:
        assert settings(tmp_path).model.tokens_a_day == 50_000
        return
    with pytest.raises(ConfigError, match="model_tokens"):
        settings(tmp_path, COACH_MODEL_TOKENS=tokens)


def test_a_name_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="model_name"):
        settings(tmp_path, COACH_MODEL_NAME="a\nb")
