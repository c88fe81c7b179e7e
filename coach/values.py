"""Frozen dataclasses whose methods are made when they are first needed.

The standard library compiles six methods for each class while its module is loaded. That takes half
a millisecond a class, a fifth of all that a short command computes, and most of these classes get
few instances there or none. Here it lays out the fields and the slots alone, and compiles
`__init__` for a class that gets more of them; nothing else has to be compiled.

For a type checker this is the decorator of the standard library, and instances behave as its own
do; either kind may inherit from the other.
"""

import dataclasses
from collections.abc import Callable
from inspect import signature
from operator import attrgetter
from typing import TYPE_CHECKING, Any

Method = Callable[..., Any]
Compared = Callable[[object], tuple[object, ...]]
Setters = list[tuple[dataclasses.Field[Any], Method]]

FEW = 50
"""Instances after which compiling an `__init__` pays: it takes as long as a hundred without."""

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 -- it is handed on
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = False, eq: bool = True, kw_only: bool = False
    ) -> Method:
        """Return what makes a class a frozen dataclass with slots; others are made as usual."""
        if not (frozen and slots):
            return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, kw_only=kw_only)
        return lambda plain: _made(plain, eq=eq, kw_only=kw_only)


def _made(plain: type, *, eq: bool, kw_only: bool) -> Any:  # noqa: ANN401 -- a class
    written = set(vars(plain))
    lay_out = dataclasses.dataclass(
        init=False,
        repr=False,
        eq=False,
        slots=True,
        kw_only=kw_only,
        frozen=any(dataclasses.is_dataclass(base) for base in plain.__bases__),
    )
    made: Any = lay_out(plain)
    made.__dataclass_params__.frozen = True  # what inherits from it must be, too
    methods: dict[str, Method] = {
        "__init__": _first_init(made),
        "__repr__": _repr,
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
        "__getstate__": _state,
        "__setstate__": _restore,
    }
    made.__signature__ = _Signature()
    if eq:
        compared = _compared(made)
        methods |= {"__eq__": _equal(compared), "__hash__": lambda self: hash(compared(self))}
        if "__eq__" in written and vars(plain)["__hash__"] is None:
            written.discard("__hash__")  # Python sets it to None beside an `__eq__`
    for name, method in methods.items():
        if name not in written:
            setattr(made, name, method)
    return made


def _first_init(made: Any) -> Method:  # noqa: ANN401 -- a class that gets another method
    """Return an `__init__` that needs no compiling; after FEW instances a compiled one is there."""
    fields = dataclasses.fields(made)
    places = [field.name for field in fields if field.init and not field.kw_only]
    setters = [(field, getattr(made, field.name).__set__) for field in fields]
    count = 0

    def __init__(self: Any, *given: object, **named: object) -> None:  # noqa: N807, ANN401
        nonlocal count
        count += 1
        filled = count <= FEW and len(given) <= len(places)
        if filled and _fill(self, setters, dict(zip(places, given, strict=False)), named):
            if hasattr(made, "__post_init__"):
                self.__post_init__()
            return
        _compile_init(made)
        made.__init__(self, *given, **named)

    __init__.compile_for = made  # type: ignore[attr-defined]
    return __init__


class _Signature:
    """The signature of a class, which is made for who asks for it."""

    def __get__(self, instance: object, owner: Any) -> object:  # noqa: ANN401 -- a class
        if instance is not None:
            raise AttributeError("__signature__")
        made = getattr(owner.__init__, "compile_for", None)
        if made is not None:
            _compile_init(made)
        found = signature(owner.__init__)
        return found.replace(parameters=list(found.parameters.values())[1:])


def _fill(
    self: object, setters: Setters, placed: dict[str, object], named: dict[str, object]
) -> bool:
    """Set every field, or return False where these arguments do not fit."""
    if placed.keys() & named.keys():
        return False
    left = placed | named
    for field, set_field in setters:
        if field.init and field.name in left:
            set_field(self, left.pop(field.name))
        elif field.default is not dataclasses.MISSING:
            set_field(self, field.default)
        elif field.default_factory is not dataclasses.MISSING:
            set_field(self, field.default_factory())
        elif field.init:
            return False
    return not left


def _compile_init(made: Any) -> None:  # noqa: ANN401 -- a class
    """Put the `__init__` in place that the standard library compiles; it says what is amiss."""
    fields = [
        (
            one.name,
            one.type,
            dataclasses.field(
                default=one.default,
                default_factory=one.default_factory,
                init=one.init,
                kw_only=one.kw_only,
            ),
        )
        for one in dataclasses.fields(made)
    ]
    methods = {"__doc__": made.__doc__}
    if hasattr(made, "__post_init__"):
        methods["__post_init__"] = made.__post_init__
    twin: Any = dataclasses.make_dataclass(
        made.__name__, fields, namespace=methods, repr=False, eq=False, frozen=True
    )
    init = made.__init__ = twin.__init__
    init.__module__, init.__qualname__ = made.__module__, f"{made.__qualname__}.__init__"


def _compared(made: type) -> Compared:
    """Return what gives the fields by which instances are compared and hashed."""
    names = [field.name for field in dataclasses.fields(made) if field.compare]
    if len(names) > 1:
        return attrgetter(*names)
    if not names:
        return lambda _: ()
    (only,) = map(attrgetter, names)
    return lambda one: (only(one),)


def _equal(compared: Compared) -> Method:
    def __eq__(self: object, other: object) -> bool:  # noqa: N807
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    return __eq__


def _repr(self: Any) -> str:  # noqa: ANN401 -- any dataclass
    shown = (
        f"{field.name}={getattr(self, field.name)!r}"
        for field in dataclasses.fields(self)
        if field.repr
    )
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:  # noqa: ANN401 -- any dataclass
    """Return what `copy` and `pickle` keep of an instance."""
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[object]) -> None:  # noqa: ANN401 -- any dataclass
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
