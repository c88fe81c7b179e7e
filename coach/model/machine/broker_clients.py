"""What whoever runs coach registered at a broker, so that coach may ask for access there."""

from collections.abc import Callable
from dataclasses import field

from coach.model.machine.secrets import Secret
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class BrokerClient:
    """coach as a broker knows it (OAuth 2.0); an empty `client_id` is none.

    `login_url` is where people are asked and tokens are handed out. The secret is fetched when it
    is needed, and may be empty.
    """

    client_id: str
    login_url: str
    client_secret: Callable[[], Secret] = field(repr=False)
