"""A grant: what somebody allowed coach on a broker's own page, as the tokens that prove it.

An access token is short-lived. A refresh token brings the next pair and counts once, so that a pair
is kept before it is used. Both stand in one text, which is sealed in the place of a key.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from coach.model.machine.secrets import Secret

KIND = "oauth"
EARLY = timedelta(seconds=60)
"""An access token is renewed this long before its end: a request takes time to arrive."""


@dataclass(frozen=True, slots=True)
class OAuthGrant:
    """The tokens, whose client they are for, who hands out the next, and what they are for.

    `scopes` is empty where the answer named none.
    """

    client_id: str
    login_url: str
    access: Secret
    refresh: Secret
    expires_at: datetime
    scopes: tuple[str, ...]

    def is_due(self, now: datetime) -> bool:
        """Say whether the access token has ended, or is about to."""
        return now >= self.expires_at - EARLY

    def is_same(self, other: "OAuthGrant") -> bool:
        """Say whether another reading is of the same pair of tokens."""
        return self.access.reveal() == other.access.reveal()

    def text(self) -> Secret:
        """Return the grant as it is sealed."""
        return Secret(
            json.dumps(
                {
                    "kind": KIND,
                    "client_id": self.client_id,
                    "login_url": self.login_url,
                    "access_token": self.access.reveal(),
                    "refresh_token": self.refresh.reveal(),
                    "expires_at": self.expires_at.isoformat(),
                    "scopes": [*self.scopes],
                }
            )
        )


def read_grant(text: str) -> OAuthGrant | None:
    """Return the grant that a sealed text holds; None where it holds a key."""
    document: object = None
    with suppress(ValueError, RecursionError):
        document = json.loads(text)
    if not isinstance(document, dict) or document.get("kind") != KIND:
        return None
    return OAuthGrant(
        client_id=document["client_id"],
        login_url=document["login_url"],
        access=Secret(document["access_token"]),
        refresh=Secret(document["refresh_token"]),
        expires_at=datetime.fromisoformat(document["expires_at"]),
        scopes=tuple(document["scopes"]),
    )
