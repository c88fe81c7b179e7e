"""Who hands out tokens: where people are asked, codes become tokens, and tokens are renewed.

Each exchange is one request with a time limit, and nothing is tried twice: a refresh token counts
once, and whether a lost answer has used it up nobody can tell. No redirect is followed.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx2

from coach.brokers.address import is_here, safe_address
from coach.brokers.net.deadline import DeadlineExceeded
from coach.brokers.oauth.grant import OAuthGrant
from coach.errors import AuthenticationFailed, BrokerTrouble, CoachError, ConfigError, TryLater
from coach.model.machine.broker_clients import BrokerClient
from coach.model.machine.secrets import Secret

if TYPE_CHECKING:
    from coach.brokers.oauth.flow import AuthorizationFlow
    from coach.brokers.oauth.http_client import BoundedOAuthClient

AUTHORIZE, TOKEN, REVOKE = "/oauth2/auth", "/oauth2/token", "/oauth2/revoke"
SILENCE_S = 5.0
USUAL_LIFE_S, LONGEST_LIFE_S = 3_600, 31 * 86_400
LONGEST_WORD = 80
ANSWERED = ("access_token", "token_type", "expires_in", "refresh_token", "scope", "error")
"""What counts of an answer about tokens (RFC 6749, section 5)."""
PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
CLIENT_FAULTS = frozenset({"invalid_client", "unauthorized_client"})
ENDED = "what you allowed there is over, or was used up"


@dataclass(frozen=True, slots=True)
class TokenService:
    """A broker's server of tokens, as one client of it asks; any thread may."""

    broker: str
    client: BrokerClient
    scopes: tuple[str, ...]
    now: Callable[[], datetime]
    transport: httpx2.BaseTransport | None = field(default=None, repr=False)

    def authorization_url(self, flow: "AuthorizationFlow") -> str:
        """Return the address of the page on which somebody allows coach to read; asks nobody."""
        with self._exchange() as asking:
            url, _ = asking.create_authorization_url(
                self._at(AUTHORIZE),
                state=flow.state,
                code_verifier=flow.verifier,
                redirect_uri=flow.redirect_uri,
            )
        return str(url)

    def exchange(self, flow: "AuthorizationFlow", code: Secret) -> OAuthGrant:
        """Return the grant that a code stands for, once; AuthenticationFailed for no such code."""
        with self._exchange() as asking:
            token = asking.fetch_token(
                self._at(TOKEN),
                grant_type="authorization_code",
                code=code.reveal(),
                code_verifier=flow.verifier,
                redirect_uri=flow.redirect_uri,
            )
            return self._grant(token, "")

    def renew(self, grant: OAuthGrant) -> OAuthGrant:
        """Return the pair of tokens that follows; the caller keeps it before anybody uses it.

        AuthenticationFailed where the refresh token does not count any more.
        """
        if (grant.client_id, grant.login_url) != (self.client.client_id, self.client.login_url):
            reason = "it was connected as another client, or by another server, than is set now"
            raise AuthenticationFailed("", "allow_again", broker=self.broker, reason=reason)
        with self._exchange() as asking:
            former = grant.refresh.reveal()
            token = asking.refresh_token(self._at(TOKEN), refresh_token=former, scope=None)
            return self._grant(token, former)

    def _at(self, path: str) -> str:
        address = safe_address(self.client.login_url, f"{self.broker}_login_url")
        return str(address.copy_with(path=path))

    def _grant(self, token: Mapping[str, Any], former_refresh: str) -> OAuthGrant:
        """Return the grant of an answer; BrokerTrouble where that is no answer to use.

        Without a new refresh token the former one goes on counting (RFC 6749, section 6).
        """
        access = token.get("access_token")
        refresh = token.get("refresh_token") or former_refresh
        if not _is_token(access) or str(token.get("token_type")).lower() != "bearer":
            raise self._unusable("no access token")
        if not _is_token(refresh):
            raise self._unusable("no refresh token, so that coach could read for an hour alone")
        return OAuthGrant(
            client_id=self.client.client_id,
            login_url=self.client.login_url,
            access=Secret(str(access)),
            refresh=Secret(str(refresh)),
            expires_at=self.now() + _life(token.get("expires_in")),
            scopes=_words(token.get("scope")),
        )

    @contextmanager
    def _exchange(self) -> Iterator["BoundedOAuthClient"]:
        """Lend a client, and say in our own words what the server has to say."""
        from authlib.integrations.base_client import OAuthError

        try:
            with self._client() as asking:
                yield asking
        except OAuthError as refused:
            raise self._refusal(refused.error) from None
        except DeadlineExceeded:
            raise self._later("no whole answer in time") from None
        except httpx2.TimeoutException:
            raise self._later("no answer in time") from None
        except httpx2.HTTPStatusError as answered:
            raise self._later(f"HTTP {answered.response.status_code}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError):
            raise self._later("no connection, or it broke off") from None
        except ValueError:
            raise self._later("what it answers is no JSON object") from None

    def _client(self) -> "BoundedOAuthClient":
        from coach.brokers.oauth.http_client import BoundedOAuthClient

        secret = self.client.client_secret()
        if not secret:
            what = f"it is empty, and {self.broker} asks every client for its secret"
            raise self._wrong_secret(what)
        asking = BoundedOAuthClient(
            self.client.client_id,
            secret.reveal(),
            scope=" ".join(self.scopes),
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 -- a method
            timeout=SILENCE_S,
            follow_redirects=False,
            trust_env=not is_here(httpx2.URL(self.client.login_url)),
            transport=self.transport,
        )
        for moment in ("access_token_response", "refresh_token_response"):
            asking.register_compliance_hook(moment, _refuse_no_answer)
        return asking

    def _refusal(self, error: object) -> CoachError:
        """Return what an error of the server means; its description is in any language."""
        word = "".join(one for one in str(error)[:LONGEST_WORD] if one.isprintable())
        if word in PASSING:
            return self._later(word)
        if word in CLIENT_FAULTS:
            return self._wrong_secret(f"{self.broker} does not know this client ({word})")
        if word == "invalid_grant":
            reason = f"{ENDED} ({word})"
            return AuthenticationFailed("", "allow_again", broker=self.broker, reason=reason)
        return BrokerTrouble(broker=self.broker, reason=f"it hands out no token: {word}")

    def _wrong_secret(self, what: str) -> ConfigError:
        name = f"COACH_{self.broker.upper()}_CLIENT_SECRET"
        hint = f"see the client id and its secret there; {name}_FILE or {name}_COMMAND hand it over"
        return ConfigError(hint, name=name, what=what)

    def _unusable(self, lacks: str) -> BrokerTrouble:
        return BrokerTrouble(broker=self.broker, reason=f"its answer holds {lacks}")

    def _later(self, reason: str) -> TryLater:
        hint = "run the same command again later"
        return TryLater(hint, broker=f"the login of {self.broker}", reason=reason)


def _refuse_no_answer(response: httpx2.Response) -> httpx2.Response:
    """Return what an answer says of tokens; HTTPStatusError where a server or a proxy is busy."""
    busy = (httpx2.codes.TOO_MANY_REQUESTS, httpx2.codes.REQUEST_TIMEOUT)
    if response.status_code in busy or response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
        raise httpx2.HTTPStatusError("", request=response.request, response=response)
    document = response.json()
    if not isinstance(document, dict):
        raise httpx2.DecodingError("no JSON object")
    told = {name: document[name] for name in ANSWERED if name in document}
    if not _is_number(told.get("expires_in")):
        told.pop("expires_in", None)  # authlib gives up on it, and the tokens would be lost
    return httpx2.Response(response.status_code, json=told, request=response.request)


def _is_token(text: object) -> bool:
    return isinstance(text, str) and bool(text) and text.isascii() and text.isprintable()


def _life(said: object) -> timedelta:
    """Return how long an access token counts; one that ends sooner than told is renewed as well."""
    number = said if isinstance(said, int) and _is_number(said) else USUAL_LIFE_S
    return timedelta(seconds=min(max(number, 0), LONGEST_LIFE_S))


def _is_number(said: object) -> bool:
    return isinstance(said, int) and not isinstance(said, bool)


def _words(scope: object) -> tuple[str, ...]:
    """Return the scopes of an answer; Coinbase's pages write them with commas and with spaces."""
    return tuple(scope.replace(",", " ").split()) if isinstance(scope, str) else ()
