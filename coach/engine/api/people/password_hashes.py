"""Passwords as argon2id hashes, by the second recommended profile of RFC 9106.

A hash takes 64 MiB and a fraction of a second, so few are made at once. A name that nobody has
costs the same as one that somebody has.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from secrets import token_bytes
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from coach.engine.api.people.password_strength import normal_form
from coach.model.machine.secrets import Secret

if TYPE_CHECKING:
    from argon2 import PasswordHasher

AT_ONCE = 2


def _profile() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@dataclass(frozen=True, slots=True)
class PasswordHashing:
    """Makes and checks hashes, AT_ONCE at a time."""

    hasher: "PasswordHasher" = field(default_factory=_profile)
    turns: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))

    def hash(self, password: Secret) -> str:
        """Return the hash of a password."""
        with self.turns:
            return self.hasher.hash(normal_form(password))

    def matches(self, stored: str | None, password: Secret) -> bool:
        """Say whether a password is the one of a hash; without a hash it takes as long, too."""
        from argon2.exceptions import InvalidHashError, VerificationError

        with self.turns:
            try:
                return self.hasher.verify(stored or self._of_nobody(), normal_form(password))
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, stored: str) -> bool:
        """Say whether a hash was made by another profile than is used now."""
        return self.hasher.check_needs_rehash(stored)

    def _of_nobody(self) -> str:
        """Return a hash by the same profile that no password has."""
        hasher = self.hasher
        costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
        parts = (token_bytes(hasher.salt_len), token_bytes(hasher.hash_len))
        salt, digest = (b64encode(part).decode().rstrip("=") for part in parts)
        return f"$argon2id$v=19${costs}${salt}${digest}"
