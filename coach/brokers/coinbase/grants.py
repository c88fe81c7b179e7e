"""Coinbase by OAuth: what coach asks for, what was granted, and its end.

Coinbase names the scopes of a token at `/v2/user/auth`; what was asked for says nothing, since
people may grant less. Its answer to a revocation is 200 whether or not it revoked anything, so that
only a refused request shows the end of a grant.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from coach.brokers.adapter import BrokerPlace, KeyScopes, Revocation
from coach.brokers.coinbase.answers import BROKER
from coach.brokers.net.client import HttpAnswer, HttpClient
from coach.brokers.net.parsing import printable
from coach.brokers.oauth.grant import OAuthGrant
from coach.brokers.oauth.service import REVOKE
from coach.errors import AuthenticationFailed, TryLater

LOGIN_URL = "https://login.coinbase.com"
NEEDED = ("wallet:user:read", "wallet:accounts:read", "wallet:transactions:read")
STAYS = "offline_access"
SCOPES = (*NEEDED, STAYS)
READS, ALSO_READS = ":read", frozenset({STAYS, "wallet:user:email"})
TRADES = ("wallet:buys:", "wallet:sells:", "wallet:trades:", "wallet:orders:")
MOST_SCOPES, LONGEST_SCOPE = 60, 60
AUTH_PATH = "/v2/user/auth"
TIMES_REFUSED = 2
"""Coinbase refuses a good token now and then: once is no proof of its end."""
WEAKER = (
    "allow what coach asks for and nothing else; the settings of Coinbase end what was allowed"
    " before"
)
HOW_TO_CHECK = "see in the settings of Coinbase that coach is not among the connected apps"


class GrantTokens:
    """The tokens of one grant, renewed where they have ended; `renew` keeps them first."""

    def __init__(
        self,
        grant: OAuthGrant,
        renew: Callable[[OAuthGrant], OAuthGrant] | None,
    ) -> None:
        self.grant = grant
        self._renew = renew
        self._renewed_in_vain = False

    def token(self, now: datetime) -> str:
        """Return an access token that has not ended."""
        if self.grant.is_due(now):
            self._follow()
        return self.grant.access.reveal()

    def note_answer(self, token: str, *, refused: bool) -> None:
        """Renew a token that was refused before its time; the next one only once it counted."""
        if not refused:
            self._renewed_in_vain = False
        elif token == self.grant.access.reveal() and not self._renewed_in_vain:
            self._follow()
            self._renewed_in_vain = True

    def ended(self, reason: str) -> AuthenticationFailed:
        """Return that a fresh token is refused, too."""
        return AuthenticationFailed("", "allow_again", broker=BROKER, reason=reason)

    def _follow(self) -> None:
        if self._renew is None:
            raise self.ended("the access token has ended")
        self.grant = self._renew(self.grant)


def granted(answer: dict[str, object], told: tuple[str, ...]) -> KeyScopes:
    """Return what a grant may do, by what Coinbase says of its token, and said with it."""
    data = answer.get("data")
    listed = data.get("scopes") if isinstance(data, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        return KeyScopes(view=None, trade=None, transfer=None, credential="oauth", weaker=WEAKER)
    names = sorted({*listed, *told})
    beyond = [one for one in names if not one.endswith(READS) and one not in ALSO_READS]
    trading = [one for one in beyond if one.startswith(TRADES)]
    lacks = tuple(one for one in NEEDED if one not in listed)
    return KeyScopes(
        view=not lacks,
        trade=bool(trading),
        transfer=len(beyond) > len(trading) or len(names) > MOST_SCOPES,
        names=tuple(printable(one, LONGEST_SCOPE) for one in names[:MOST_SCOPES]),
        lacks=lacks,
        credential="oauth",
        weaker=WEAKER,
    )


def end_grant(tokens: GrantTokens, place: BrokerPlace) -> Revocation:
    """End a grant at Coinbase, and say whether its token is refused from now on."""
    access = tokens.token(place.now())
    with HttpClient(tokens.grant.login_url, BROKER, place.transport) as login:
        for token in (tokens.grant.refresh.reveal(), access):
            login.post(REVOKE, urlencode({"token": token}).encode(), _bearer(access))
    with HttpClient(place.base_url, BROKER, place.transport) as api:
        answers = [api.get(AUTH_PATH, (), _bearer(access)) for _ in range(TIMES_REFUSED)]
    statuses = [one.status if isinstance(one, HttpAnswer) else None for one in answers]
    if None in statuses:
        raise TryLater(HOW_TO_CHECK, broker=BROKER, reason="it does not say whether that ended")
    is_over = all(status == HTTPStatus.UNAUTHORIZED for status in statuses)
    return Revocation(revoked=is_over, how_to_check=HOW_TO_CHECK)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
