"""The doctor asks what stands beside the database."""

from pathlib import Path

from coach.engine.api.candles import CandlePlaces
from coach.engine.api.health import reached
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.hot.in_redis import RedisHotStore
from coach.engine.hot.lenient import LenientHotStore
from coach.engine.market.address import Folder, Keys, parse
from coach.engine.market.objects import open_objects
from coach.model.market import SourceWishes

NOBODY = "http://127.0.0.1:9"


def test_what_answers_is_well(tmp_path: Path) -> None:
    objects = open_objects(Folder(tmp_path))
    places = CandlePlaces(objects, MemoryHotStore(lambda: 0.0), SourceWishes(()))
    [check] = reached(places, [])
    assert (check.name, check.state) == ("candles", "ok")
    assert str(tmp_path) in check.detail


def test_what_does_not_answer_is_told_and_a_cache_is_only_a_warning() -> None:
    heard = list[str]()
    hot = LenientHotStore(
        RedisHotStore("redis://127.0.0.1:9/0"), MemoryHotStore(lambda: 0.0), heard.append
    )
    objects = open_objects(
        parse(f"s3://bucket/x?endpoint={NOBODY}&allow_http=true"), Keys("id", "secret")
    )
    lost, slow = reached(CandlePlaces(objects, hot, SourceWishes(())), heard)
    assert (lost.name, lost.state) == ("candles", "error")
    assert "does not answer" in lost.detail
    assert (slow.name, slow.state) == ("cache store", "warning")
