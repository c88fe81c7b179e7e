"""Whoever does what a key means: an area of the keymap, and a method for each of its actions."""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])
MARK = "_action_of_key"


def does(action: str) -> Callable[[Method], Method]:
    """Mark the method that does an action of its owner's area."""

    def mark(method: Method) -> Method:
        setattr(method, MARK, action)
        return method

    return mark


class KeyOwner:
    """A part of the screen with keys of its own; `area` names them in the keymap."""

    area: ClassVar[str] = ""

    @classmethod
    @cache
    def actions(cls) -> dict[str, str]:
        """Return the name of the method of each action."""
        return {
            getattr(value, MARK): name
            for kind in reversed(cls.__mro__)
            for name, value in vars(kind).items()
            if hasattr(value, MARK)
        }

    def perform(self, action: str) -> Any:  # noqa: ANN401 -- an awaitable, or nothing
        """Do an action and return what its method returns."""
        return getattr(self, self.actions()[action])()
