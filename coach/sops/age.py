"""age: who can open a file (recipients), with what (age keys), and the data key sealed for each.

Only X25519, the kind that `age-keygen` makes. What else age has is refused by its name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from coach.errors import Invalid, NoAgeKey, TamperedSecrets, UnsupportedSecrets
from coach.sops.cipher import KEY_BYTES
from coach.sops.metadata import Metadata, WrappedKey

if TYPE_CHECKING:
    from pyrage.x25519 import Identity, Recipient

X25519: Final = "AGE-SECRET-KEY-1"
POST_QUANTUM_KEY: Final = "AGE-SECRET-KEY-PQ-1"
POST_QUANTUM: Final = "age1pq1"
PLUGIN_KEY: Final = "AGE-PLUGIN-"
SEALED_KEY_FILE: Final = ("-----BEGIN AGE ENCRYPTED FILE", "age-encryption.org/v1")
NO_MATCH: Final = "No matching keys found"


@dataclass(frozen=True, slots=True, repr=False)
class AgeKeys:
    """The age keys at hand; `unsupported` are kinds of keys that were left aside, by name."""

    identities: "tuple[Identity, ...]" = ()
    unsupported: tuple[str, ...] = ()

    def __add__(self, other: "AgeKeys") -> "AgeKeys":
        """Return the keys of both."""
        return AgeKeys(self.identities + other.identities, self.unsupported + other.unsupported)

    @property
    def recipients(self) -> tuple[str, ...]:
        """What is sealed for these can be opened."""
        return tuple(str(one.to_public()) for one in self.identities)


def read_age_keys(text: str, source: str) -> AgeKeys:
    """Return the keys of a key file; NoAgeKey for a line that is none, without repeating it."""
    import pyrage

    identities, unsupported = [], []
    if text.lstrip().startswith(SEALED_KEY_FILE):
        raise UnsupportedSecrets(file=source, what="key files that are sealed by a passphrase")
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), start=1))
    for number, line in lines:
        if not line or line.startswith("#"):
            continue
        if line.startswith(POST_QUANTUM_KEY):
            unsupported.append("post-quantum keys")
        elif line.startswith(PLUGIN_KEY):
            unsupported.append("plugin keys")
        else:
            try:
                identities.append(pyrage.x25519.Identity.from_str(line))
            except pyrage.IdentityError:
                reason = f"line {number} is not an age key ({X25519}...)"
                raise NoAgeKey(file=source, reason=reason) from None
    return AgeKeys(tuple(identities), tuple(unsupported))


def new_identity() -> tuple[str, str]:
    """Make a key; return it and its public side."""
    import pyrage

    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def check_recipients(names: Iterable[str], source: str) -> tuple[str, ...]:
    """Return recipients, each once; Invalid or UnsupportedSecrets for what is not of X25519."""
    wanted = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    for name in wanted:
        _parsed(name, source)
    return wanted


def wrap(key: bytes, recipients: Sequence[str], source: str) -> tuple[WrappedKey, ...]:
    """Seal the data key for each recipient alone."""
    import pyrage

    return tuple(
        WrappedKey(name, pyrage.encrypt(key, [_parsed(name, source)], armored=True).decode())
        for name in recipients
    )


def unwrap(metadata: Metadata, keys: AgeKeys, source: str) -> bytes:
    """Return the data key; NoAgeKey where no key at hand fits."""
    import pyrage

    damaged = False
    for wrapped in metadata.keys:
        try:
            found: bytes = pyrage.decrypt(wrapped.sealed.encode(), list(keys.identities))
        except (pyrage.DecryptError, ValueError) as refused:
            damaged = damaged or str(refused) != NO_MATCH
            continue
        if len(found) != KEY_BYTES:
            raise TamperedSecrets(file=source, what="its data key is damaged")
        return found
    raise _no_key(metadata, keys, source, damaged=damaged and bool(keys.identities))


def _no_key(
    metadata: Metadata, keys: AgeKeys, source: str, *, damaged: bool
) -> NoAgeKey | TamperedSecrets | UnsupportedSecrets:
    if all(name.startswith(POST_QUANTUM) for name in metadata.recipients):
        return UnsupportedSecrets(file=source, what="post-quantum recipients (age1pq1...)")
    if damaged:
        return TamperedSecrets(file=source, what="its data key is damaged")
    if not keys.identities:
        aside = f"; {' and '.join(keys.unsupported)} are not supported" if keys.unsupported else ""
        return NoAgeKey(remedy="name_age_key", file=source, reason=f"there is no age key{aside}")
    count = len(keys.identities)
    which = (
        "the age key at hand does not open it"
        if count == 1
        else f"none of {count} age keys opens it"
    )
    sealed_for = ", ".join(metadata.recipients)
    reason = f"{which}; it is sealed for {sealed_for}"
    return NoAgeKey(remedy="name_age_key", file=source, reason=reason)


def _parsed(name: str, source: str) -> "Recipient":
    import pyrage

    if name.startswith(POST_QUANTUM):
        raise UnsupportedSecrets(file=source, what="post-quantum recipients (age1pq1...)")
    if name.startswith("ssh-"):
        raise UnsupportedSecrets(file=source, what="SSH keys as recipients")
    if name.startswith("AGE-SECRET-KEY"):
        reason = "not a secret key: give what age-keygen -y makes of it"
        raise Invalid("recipient", reason, "an age recipient (age1...)")
    try:
        return pyrage.x25519.Recipient.from_str(name)
    except pyrage.RecipientError:
        if name.startswith("age1") and name.count("1") > 1:
            raise UnsupportedSecrets(file=source, what="plugin recipients") from None
        raise Invalid("recipient", f"not {name!r}", "an age recipient (age1...)") from None
