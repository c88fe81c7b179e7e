"""One way to a broker's page and back, bound to the browser and the user who set out.

The browser keeps a random secret in a cookie, beside what is to be connected. What goes to the
broker (state, and the verifier of PKCE) is drawn from that secret, the user, the request and the
time, so that an answer fits only the browser and the user who asked for it, what they asked for,
and the next ten minutes. Nothing is kept here.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import digest as keyed_digest

from coach.brokers.oauth.flow import AuthorizationFlow
from coach.engine.api.broker.allow import GrantRequest
from coach.engine.api.people.credentials import is_session, new_secret
from coach.model.accounts import UserId
from coach.model.machine.secrets import Secret

LIVES = timedelta(minutes=10)
LONGEST_COOKIE = 2_000
PARTS = 3


@dataclass(frozen=True, slots=True)
class BrowserFlow:
    """Who set out for what, when (in seconds since 1970), and the secret that the browser keeps."""

    user_id: UserId
    request: GrantRequest
    begun_at: int
    secret: Secret

    def towards(self, redirect_uri: str) -> AuthorizationFlow:
        """Return what goes to the broker and comes back to an address."""
        return AuthorizationFlow(redirect_uri, self._derived("state"), self._derived("verifier"))

    def cookie(self) -> Secret:
        """Return what the browser keeps."""
        asked = urlsafe_b64encode(_asked(self.request).encode()).rstrip(b"=").decode()
        return Secret(f"{self.begun_at}.{self.secret.reveal()}.{asked}")

    def _derived(self, use: str) -> str:
        text = f"{use} {self.user_id} {self.begun_at} {_asked(self.request)}".encode()
        made = keyed_digest(self.secret.reveal().encode(), text, "sha256")
        return urlsafe_b64encode(made).rstrip(b"=").decode()


def begin_browser_flow(user_id: UserId, request: GrantRequest, now: datetime) -> BrowserFlow:
    """Return a new flow."""
    return BrowserFlow(user_id, request, int(now.timestamp()), new_secret())


def browser_flow_of(cookie: str, user_id: UserId, broker: str, now: datetime) -> BrowserFlow | None:
    """Return the flow that a browser keeps; None for one that is too old, or for what is none."""
    parts = cookie[:LONGEST_COOKIE].split(".")
    if len(parts) != PARTS or not is_session(parts[1]):
        return None
    begun, secret, asked = parts
    request = _request(broker, asked)
    if request is None or not (begun.isascii() and begun.isdigit()):
        return None
    age = now.timestamp() - int(begun)
    if not -1 <= age < LIVES.total_seconds():
        return None
    return BrowserFlow(user_id, request, int(begun), Secret(secret))


def _asked(request: GrantRequest) -> str:
    return json.dumps([request.broker, request.account, request.base_url])


def _request(broker: str, text: str) -> GrantRequest | None:
    found: object = None
    with suppress(ValueError, RecursionError):
        found = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    match found:
        case [str() as named, str() as account, str() as base_url] if named == broker:
            return GrantRequest(broker, account, base_url)
    return None
