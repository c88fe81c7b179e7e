"""A hot store that may be down."""

import pytest

from coach.engine.hot.base import AnyBucket, DayBucket
from coach.engine.hot.in_memory import MOST_VALUES, MemoryHotStore
from coach.engine.hot.lenient import PAUSE_S, LenientHotStore
from coach.errors import HotStoreDown


class Shaky(MemoryHotStore):
    """Counts how often it is asked; down when told."""

    down = False
    asked = 0

    def get(self, key: str) -> bytes | None:
        self._ask()
        return super().get(key)

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        self._ask()
        super().put(key, value, ttl_s)

    def claim(self, key: str, ttl_s: float) -> bool:
        self._ask()
        return super().claim(key, ttl_s)

    def take(self, key: str, bucket: AnyBucket, tokens: float = 1) -> float:
        self._ask()
        return super().take(key, bucket, tokens)

    def _ask(self) -> None:
        self.asked += 1
        if self.down:
            raise HotStoreDown(what="gone")


class Scene:
    """A store behind, what was warned of, and the time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.behind = Shaky(lambda: self.now)
        self.warnings: list[str] = []
        self.meanwhile = MemoryHotStore(lambda: self.now)
        self.store = LenientHotStore(
            self.behind, self.meanwhile, self.warnings.append, lambda: self.now
        )

    def answers(self) -> list[object]:
        """Put a value, and use what was claimed and taken before."""
        store = self.store
        store.put("a", b"x", 1)
        return [store.get("a"), store.claim("a", 60), store.take("a", DayBucket(1))]


@pytest.fixture
def scene() -> Scene:
    """Return a store whose one claim and one token are gone."""
    scene = Scene()
    scene.behind.claim("a", 60)
    scene.behind.take("a", DayBucket(1))
    scene.behind.asked = 0
    return scene


def test_a_store_that_is_up_answers_itself(scene: Scene) -> None:
    assert scene.answers() == [b"x", False, 86_400]
    assert scene.warnings == []


def test_while_a_store_is_down_the_process_remembers_by_itself(scene: Scene) -> None:
    scene.behind.down = True
    assert scene.answers() == [b"x", True, 0]
    assert scene.answers() == [b"x", False, 86_400]


def test_a_store_that_is_down_is_warned_of_once_and_left_alone_for_a_while(scene: Scene) -> None:
    scene.behind.down = True
    for _ in range(5):
        scene.answers()
    assert scene.behind.asked == 1
    scene.now = PAUSE_S
    scene.answers()
    assert scene.behind.asked == 2
    assert scene.warnings == ["no cache: gone"]


def test_a_store_that_comes_back_is_used_again(scene: Scene) -> None:
    scene.behind.down = True
    scene.answers()
    scene.behind.down = False
    scene.now = PAUSE_S
    assert scene.answers() == [b"x", False, 86_400 - PAUSE_S]


def test_what_makes_no_sense_is_an_error_all_the_same(scene: Scene) -> None:
    with pytest.raises(ValueError, match="a key has"):
        scene.store.get("")


def test_what_a_process_remembers_meanwhile_is_bounded() -> None:
    store = MemoryHotStore(lambda: 0.0)
    for number in range(MOST_VALUES + 1):
        store.put(str(number), b"x", 60)
    assert store.get("0") is None
    assert store.get("1") == store.get(str(MOST_VALUES)) == b"x"
