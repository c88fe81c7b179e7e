"""One way to a provider and back, bound to the browser that set out.

The browser keeps a random secret in a cookie. What goes to the provider (state, nonce, and the
verifier of PKCE) is drawn from that secret, the purpose and the time, so that an answer fits only
the browser that asked for it, what it asked for, and the next ten minutes. Nothing is kept here.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from hmac import digest as keyed_digest
from typing import get_args

from coach.engine.api.people.credentials import is_session, new_secret
from coach.model.machine.secrets import Secret
from coach.model.people.provider import ProviderPurpose

LIVES = timedelta(minutes=10)
LONGEST_COOKIE = 100
PURPOSES: tuple[ProviderPurpose, ...] = get_args(ProviderPurpose)


@dataclass(frozen=True, slots=True)
class ProviderFlow:
    """What a browser set out for, when (in seconds since 1970), and the secret that it keeps."""

    purpose: ProviderPurpose
    begun_at: int
    secret: Secret

    @property
    def state(self) -> str:
        """Return what the provider hands back with its answer."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Return what the provider writes into the ID token."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Return what proves to the provider that whoever has the code asked for it (PKCE)."""
        return self._derived("verifier")

    def has_state(self, state: str) -> bool:
        """Say whether an answer of the provider is the one to this flow."""
        return compare_digest(self.state.encode(), state.encode(errors="replace"))

    def cookie(self) -> Secret:
        """Return what the browser keeps."""
        return Secret(f"{self.purpose}.{self.begun_at}.{self.secret.reveal()}")

    def _derived(self, use: str) -> str:
        text = f"{use} {self.purpose} {self.begun_at}".encode()
        made = keyed_digest(self.secret.reveal().encode(), text, "sha256")
        return urlsafe_b64encode(made).rstrip(b"=").decode()


def begin_flow(purpose: ProviderPurpose, now: datetime) -> ProviderFlow:
    """Return a new flow."""
    return ProviderFlow(purpose, int(now.timestamp()), new_secret())


def flow_of_cookie(text: str, now: datetime) -> ProviderFlow | None:
    """Return the flow that a browser keeps; None for one that is too old, or for what is none."""
    purpose, _, rest = text[:LONGEST_COOKIE].partition(".")
    begun, _, secret = rest.partition(".")
    if not is_session(secret) or not (begun.isascii() and begun.isdigit()):
        return None
    age = now.timestamp() - int(begun)
    if not -1 <= age < LIVES.total_seconds():
        return None
    return next(
        (ProviderFlow(one, int(begun), Secret(secret)) for one in PURPOSES if one == purpose), None
    )
