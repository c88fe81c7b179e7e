"""Where what is fetched of an account lies until it is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coach.model.accounts import AccountId, UserId

if TYPE_CHECKING:
    from coach.engine.store.connect import CoachConnection


@dataclass(frozen=True, slots=True)
class FetchPlace:
    """Where what is fetched of an account is kept meanwhile: in its database and in a folder."""

    connection: "CoachConnection"
    user_id: UserId
    account_id: AccountId
    folder: Path
    clock: Callable[[], datetime]
