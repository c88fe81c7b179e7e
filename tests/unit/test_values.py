"""A value of coach behaves as a frozen dataclass of the standard library does."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from inspect import signature
from math import nan
from typing import Any, ClassVar, get_type_hints

import pytest

from coach import values

Decorator = Callable[..., Any]
DECORATORS = {"usual": dataclasses.dataclass, "ours": values.dataclass}


def classes_by(dataclass: Decorator) -> tuple[Any, ...]:
    """Return the same classes by a decorator."""

    @dataclass(frozen=True, slots=True)
    class Fill:
        """A fill."""

        KIND: ClassVar = "fill"

        symbol: str
        size: float = 1.0
        tags: list[str] = field(default_factory=list, compare=False)
        worth: float = field(init=False, repr=False, default=0.0)

        def __post_init__(self) -> None:
            object.__setattr__(self, "worth", self.size * 2)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named(Fill):
        """A fill with names."""

        name: str
        more: str = "none"

    @dataclass(frozen=True, slots=True, eq=False)
    class Column:
        """A column, which is what it is."""

        rows: tuple[int, ...]

    @dataclass(frozen=True, slots=True)
    class One:
        """One field."""

        value: object = None

    @dataclass(frozen=True, slots=True)
    class Own:  # noqa: PLW1641 -- the decorator makes it
        """Its own words."""

        value: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

        def __repr__(self) -> str:
            return "own"

    return Fill, Named, Column, One, Own


USUAL, OURS = (classes_by(one) for one in DECORATORS.values())
Fill, Named, Column, One, Own = OURS


@values.dataclass(frozen=True, slots=True)
class Kept:
    """At the top of a module, as pickle wants it."""

    name: str
    size: int = 2


def outcome(work: Callable[[], object]) -> object:
    """Return what came of it: a value, or the kind and the words of what was raised."""
    try:
        return work()
    except (TypeError, AttributeError) as trouble:
        return type(trouble), str(trouble).rpartition(".")[2]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("BTC",), {}),
        (("BTC", 2.5, ["a"]), {}),
        ((), {"symbol": "BTC", "size": 3.0}),
        ((), {}),
        (("BTC", 1.0, [], 4.0), {}),
        (("BTC",), {"symbol": "ETH"}),
        (("BTC",), {"price": 1}),
        (("BTC",), {"name": "first"}),
        (("BTC", 2.0), {"name": "first", "more": "x", "tags": ["b"]}),
        (("BTC", 2.0, [], "first"), {}),
    ],
)
@pytest.mark.parametrize("place", [0, 1], ids=["Fill", "Named"])
def test_it_takes_and_refuses_the_same_arguments(
    place: int, arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    usual, ours = (
        outcome(lambda made=made: repr(made[place](*arguments, **named)))  # type: ignore[misc]
        for made in (USUAL, OURS)
    )
    assert ours == usual


def test_it_is_compared_and_hashed_by_its_fields() -> None:
    one, same, other = Fill("BTC", 2.0, ["a"]), Fill("BTC", 2.0, ["b"]), Fill("BTC", 3.0)
    assert one == same
    assert one != other
    assert {one, same} == {one}
    assert one != Named("BTC", 2.0, name="")
    assert hash(one) == hash(USUAL[0]("BTC", 2.0))
    assert One(1) == One(1) != One(2)
    assert hash(One(1)) == hash((1,))
    assert One(nan) != One(float("nan"))


def test_a_class_that_is_compared_by_identity_stays_so() -> None:
    one = Column((1,))
    assert one == one  # noqa: PLR0124 -- that is the point
    assert one != Column((1,))
    assert len({one, Column((1,))}) == 2


def test_own_methods_stay() -> None:
    assert Own(1) == Own(2)
    assert repr(Own(1)) == "own"
    assert hash(Own(1)) == hash((1,))


def test_nothing_of_it_changes() -> None:
    one = Fill("BTC")
    with pytest.raises(FrozenInstanceError):
        one.size = 2.0
    with pytest.raises(FrozenInstanceError):
        del one.size
    with pytest.raises(FrozenInstanceError):
        one.another = 2.0
    assert one == Fill("BTC")
    assert not hasattr(one, "__dict__")


def test_it_is_replaced_listed_copied_and_matched() -> None:
    one = Named("BTC", 2.0, ["a"], name="first")
    assert replace(one, name="second") == Named("BTC", 2.0, name="second")
    assert dataclasses.asdict(one) == dataclasses.asdict(USUAL[1]("BTC", 2.0, ["a"], name="first"))
    assert copy.deepcopy(one) == one
    assert copy.deepcopy(one).tags is not one.tags
    assert pickle.loads(pickle.dumps(Kept("a", 3))) == Kept("a", 3)  # noqa: S301 -- our own
    match Kept("b"):
        case Kept(name, size):
            assert (name, size) == ("b", 2)
    assert Fill("BTC").tags is not Fill("BTC").tags
    assert Fill("BTC", 4.0).worth == 8.0


@pytest.mark.parametrize("below", DECORATORS.values(), ids=DECORATORS)
@pytest.mark.parametrize("above", DECORATORS.values(), ids=DECORATORS)
def test_either_kind_inherits_from_the_other(above: Decorator, below: Decorator) -> None:
    moved: Any = family(above, below)
    assert repr(moved(1, far=2)).endswith("Moved(at=1, by='coach', far=2)")
    assert moved(1, "me", 2) == moved(1, "me", 2) != moved(1, "me", 3)
    with pytest.raises(FrozenInstanceError):
        moved(1).at = 2
    assert replace(moved(1), at=5).at == 5


def family(above: Decorator, below: Decorator) -> object:
    """Return a class by one decorator that inherits from a class by another."""

    @above(frozen=True, slots=True)
    class Event:
        """An event."""

        at: int
        by: str = "coach"

    @below(frozen=True, slots=True)
    class Moved(Event):
        """It moved."""

        far: int = 0

    return Moved


@pytest.mark.parametrize("place", range(5))
def test_its_signature_and_the_types_of_its_fields_are_told(place: int) -> None:
    usual, ours = classes_by(dataclasses.dataclass)[place], classes_by(values.dataclass)[place]
    assert [str(one) for one in signature(ours).parameters.values()] == [
        str(one) for one in signature(usual).parameters.values()
    ]
    assert get_type_hints(ours.__init__).keys() == get_type_hints(usual.__init__).keys()
    assert get_type_hints(ours) == get_type_hints(usual)


@pytest.mark.parametrize("instances", [1, values.FEW, values.FEW + 1])
def test_the_next_instance_is_as_the_first_however_many_there_were(instances: int) -> None:
    made, _, _, one, _ = classes_by(values.dataclass)
    for _ in range(instances):
        made("BTC")
    assert made("BTC", size=3.0, tags=["a"]) == made("BTC", 3.0)
    assert made("BTC", 3.0).worth == 6.0
    assert outcome(made) == outcome(USUAL[0])
    assert (one(), one(3).value) == (one(None), 3)
