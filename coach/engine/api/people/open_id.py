"""A provider of sign-ins: OpenID Connect by the authorisation code, with PKCE (RFC 7636).

Its description is fetched from the configured issuer, and must name that issuer. Keys come from
the address that this description names, never from one that a token names. Every exchange has a
time limit, no redirect is followed, and few take place at once.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

import httpx2

from coach.brokers.address import is_here
from coach.brokers.net.deadline import DeadlineExceeded
from coach.engine.api.people.id_tokens import IdTokenRules, subject_of
from coach.errors import ConfigError, Refused, TryLater
from coach.model.people.provider import ProviderIdentity, ProviderWishes, is_safe_url

if TYPE_CHECKING:
    from coach.brokers.oauth.http_client import BoundedOAuthClient
    from coach.engine.api.people.provider_flow import ProviderFlow

DESCRIPTION = "/.well-known/openid-configuration"
ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SCOPE = "openid"
SILENCE_S = 5.0
AT_ONCE = 4
ASK_AGAIN = "begin again at /sign-in"


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What a browser brings back: the code, and the issuer where the answer names it (RFC 9207)."""

    code: str
    issuer: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """The provider of the settings. Any thread may ask it."""

    wishes: ProviderWishes
    clock: Callable[[], datetime]
    transport: httpx2.BaseTransport | None = None
    turns: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))

    def authorization_url(self, flow: "ProviderFlow", redirect_uri: str) -> str:
        """Return where a browser is sent; TryLater where the provider does not answer."""
        again = {"prompt": "login", "max_age": "0"} if flow.purpose == "confirm" else {}
        with self._exchange() as client:
            description = self._described(client)
            url, _ = client.create_authorization_url(
                description["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=flow.verifier,
                redirect_uri=redirect_uri,
                **again,
            )
        return str(url)

    def identify(self, flow: "ProviderFlow", answer: ProviderAnswer) -> ProviderIdentity:
        """Return who somebody is, by the code that they brought back.

        Refused for a code or a token that does not count, TryLater where the provider does not
        answer.
        """
        with self._exchange() as client:
            description = self._described(client)
            self._check_issuer_of(answer, description)
            token = self._token(client, description, flow, answer)
            keys = _document(client, description["jwks_uri"])
        rules = IdTokenRules(
            self.wishes.issuer, self.wishes.client_id, flow.nonce, self.clock(), self._since(flow)
        )
        return ProviderIdentity(self.wishes.issuer, subject_of(token, keys, rules))

    def _since(self, flow: "ProviderFlow") -> int | None:
        return flow.begun_at if flow.purpose == "confirm" else None

    def _check_issuer_of(self, answer: ProviderAnswer, description: Mapping[str, Any]) -> None:
        must_say = description.get("authorization_response_iss_parameter_supported") is True
        if (answer.issuer or must_say) and answer.issuer != self.wishes.issuer:
            raise Refused(ASK_AGAIN, what="the answer is another provider's")

    def _token(
        self,
        client: "BoundedOAuthClient",
        description: Mapping[str, Any],
        flow: "ProviderFlow",
        answer: ProviderAnswer,
    ) -> Mapping[str, Any]:
        """Return what a code is exchanged for, once."""
        from authlib.integrations.base_client import OAuthError

        if client.client_secret and _wants_secret_in_form(description):
            client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105 -- a method
        try:
            token: Mapping[str, Any] = client.fetch_token(
                description["token_endpoint"],
                grant_type="authorization_code",
                code=answer.code,
                code_verifier=flow.verifier,
                redirect_uri=answer.redirect_uri,
            )
        except OAuthError as refused:
            raise Refused(ASK_AGAIN, what=f"the provider refuses: {_word(refused.error)}") from None
        return token

    @contextmanager
    def _exchange(self) -> Iterator["BoundedOAuthClient"]:
        """Lend a client; TryLater for whatever keeps the provider from answering."""
        if not self.turns.acquire(blocking=False):
            raise self._later("many sign in at once")
        try:
            with self._client() as client:
                yield client
        except DeadlineExceeded:
            raise self._later("no whole answer in time") from None
        except httpx2.TimeoutException:
            raise self._later("no answer in time") from None
        except httpx2.HTTPStatusError as answered:
            raise self._later(f"it answers {answered.response.status_code}") from None
        except (ValueError, httpx2.DecodingError):
            raise self._later("what it answers is no JSON object") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError):
            raise self._later("no connection, or it broke off") from None
        finally:
            self.turns.release()

    def _client(self) -> "BoundedOAuthClient":
        from coach.brokers.oauth.http_client import BoundedOAuthClient

        wishes = self.wishes
        return BoundedOAuthClient(
            wishes.client_id,
            wishes.client_secret().reveal() or None,
            scope=SCOPE,
            code_challenge_method="S256",
            timeout=SILENCE_S,
            follow_redirects=False,
            trust_env=not is_here(httpx2.URL(wishes.issuer)),
            transport=self.transport,
        )

    def _described(self, client: "BoundedOAuthClient") -> dict[str, Any]:
        """Return the provider's description of itself; ConfigError for that of another."""
        wanted = self.wishes.issuer
        found = _document(client, wanted.rstrip("/") + DESCRIPTION)
        if found.get("issuer") != wanted:
            what = f"the provider calls itself {_word(found.get('issuer'))}, not {wanted}"
            raise ConfigError(
                "write it exactly as the provider does", name="oidc_issuer", what=what
            )
        for name in ADDRESSES:
            if not self._is_safe(found.get(name)):
                what = f"the provider's description has no safe address for {name}"
                raise ConfigError(
                    "the addresses of a provider are https", name="oidc_issuer", what=what
                )
        return found

    def _is_safe(self, value: object) -> bool:
        """Say whether an address is https, or as near as the provider itself."""
        if not isinstance(value, str) or not is_safe_url(value.partition("?")[0]):
            return False
        return value.startswith("https:") or self.wishes.issuer.startswith("http:")

    def _later(self, reason: str) -> TryLater:
        host = httpx2.URL(self.wishes.issuer).host
        hint = "sign in by a password, or try again in a minute"
        return TryLater(hint, broker=f"the provider of sign-ins, {host},", reason=reason)


def provider_of(wishes: ProviderWishes, clock: Callable[[], datetime]) -> OpenIdProvider | None:
    """Return the provider of the settings, None where there is none.

    ConfigError for one that does not know what coach is called there, and for a secret that cannot
    be had: a server does not begin with it.
    """
    if not wishes.issuer:
        return None
    if not wishes.client_id:
        what = "oidc_issuer is set, so this is needed, too"
        raise ConfigError("the provider shows it, as client id", name="oidc_client_id", what=what)
    secret = wishes.client_secret()
    return OpenIdProvider(replace(wishes, client_secret=lambda: secret), clock)


def _document(client: "BoundedOAuthClient", url: str) -> dict[str, Any]:
    """Return a JSON object that the provider publishes."""
    response = client.request("GET", url, withhold_token=True)
    if response.status_code != httpx2.codes.OK:
        raise httpx2.HTTPStatusError("", request=response.request, response=response)
    found = response.json()
    if not isinstance(found, dict):
        raise httpx2.DecodingError("no JSON object")
    return found


def _wants_secret_in_form(description: Mapping[str, Any]) -> bool:
    known = description.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" not in known and "client_secret_post" in known


def _word(text: object) -> str:
    """Return something of the provider's that can be printed on a line."""
    return "".join(sign for sign in str(text)[:200] if sign.isprintable())
