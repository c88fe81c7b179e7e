"""Where what may be lost, and what is kept, goes: as the settings say."""

from pathlib import Path

import pytest

from coach.errors import ObjectTrouble
from coach.settings.reading import read
from coach.settings.values import Settings
from coach.wiring import hot_store, object_store


def settings(home: Path, **environment: str) -> Settings:
    return read({"COACH_HOME": str(home), **environment}, {})


def test_candles_are_kept_in_the_home_unless_told_otherwise(tmp_path: Path) -> None:
    object_store(settings(tmp_path)).put("a", b"x")
    assert (tmp_path / "data" / "objects" / "a").read_bytes() == b"x"
    elsewhere = tmp_path / "elsewhere"
    object_store(settings(tmp_path, COACH_OBJECT_STORE=str(elsewhere))).put("b", b"x")
    assert (elsewhere / "b").read_bytes() == b"x"


def test_a_bucket_needs_keys(tmp_path: Path) -> None:
    with pytest.raises(ObjectTrouble, match="no keys"):
        object_store(settings(tmp_path, COACH_OBJECT_STORE="s3://bars"))
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "hunter2"}
    opened = object_store(settings(tmp_path, COACH_OBJECT_STORE="s3://bars/a", **keys))
    assert opened.place == "s3://bars/a"


@pytest.mark.parametrize(
    ("redis", "down"), [("", "COACH_DATABASE_URL is no PostgreSQL URL"), ("unix:///none", "Redis")]
)
def test_a_store_that_is_down_is_warned_of_once(tmp_path: Path, redis: str, down: str) -> None:
    warnings: list[str] = []
    store = hot_store(settings(tmp_path, COACH_REDIS_URL=redis), "nothing://", warnings.append)
    assert [store.get("a"), store.get("a"), store.claim("a", 1)] == [None, None, True]
    (warning,) = warnings
    assert down in warning
