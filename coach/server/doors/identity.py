"""Whose request it is that is being answered, in every task and thread that answers it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from coach.model.accounts import UserId
from coach.model.people.access import CredentialId, SignedInUser

TERMINAL = SignedInUser(UserId(""), "", CredentialId(""), "admin", None)
"""The user of the settings, whom every request is of while nobody has an account."""

_ASKING: ContextVar[SignedInUser | None] = ContextVar("asking")


@contextmanager
def asking(user: SignedInUser | None) -> Iterator[None]:
    """Answer as a request of this user within the block; None is nobody who is known."""
    before = _ASKING.set(user)
    try:
        yield
    finally:
        _ASKING.reset(before)


def who_asks() -> SignedInUser | None:
    """Return whose request is answered here; LookupError where none is."""
    return _ASKING.get()
