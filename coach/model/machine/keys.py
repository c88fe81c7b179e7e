"""Keys that seal secrets: who keeps them, in which state they are, and what they seal."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NewType, get_args

from coach.model.machine.secrets import Secret
from coach.values import dataclass

KekProvider = Literal["age-file", "passphrase", "systemd", "keyring", "aws-kms"]
"""Who keeps the key of keys."""

BUCKET = "s3"
"""The name of a bucket's key among those that are sealed by name."""

KEK_PROVIDERS: Final[tuple[KekProvider, ...]] = get_args(KekProvider)

DekState = Literal["pending", "active", "retiring", "destroyed"]
"""A data key is made, seals, only opens what it sealed, and is gone."""

RotationReason = Literal["annual", "asked", "incident"]
"""Why a data key is replaced."""

ROTATED_AFTER = timedelta(days=365)
KEPT_FOR_BACKUPS = timedelta(days=90)
"""How long a former data key stays, for backups of the database that were made under it."""

SecretState = Literal["sealed", "unreadable"]
SecretOwner = NewType("SecretOwner", str)
"""What a secret opens: `account:7`, `vendor:coinapi`, `object_store`."""


@dataclass(frozen=True, slots=True)
class DekSummary:
    """A data key of a user as the status shows it; `seals` is the number of secrets under it."""

    id: str
    user: str
    state: DekState
    kek_id: str
    kek_provider: KekProvider
    reason: str
    created_at: datetime
    finished_at: datetime | None
    retired_at: datetime | None
    seals: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class KekWishes:
    """Who keeps the key of keys, and where each of them finds it.

    `folder` is where rings in files lie, `entry` the name of one in a desktop's keyring.
    `passphrase` fetches one, empty where nobody handed one over; `credentials` and `aws_key` are
    empty where nobody named them.
    """

    provider: KekProvider
    folder: Path
    identity_file: Path
    passphrase: Callable[[], Secret]
    credentials: str
    aws_key: str
    entry: str
