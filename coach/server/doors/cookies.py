"""The cookie of a session, and the credentials that a request carries.

Over HTTPS its name begins with `__Host-`, so that no other host and no page without TLS can set it.
Over plain HTTP, which only this machine's loopback speaks, browsers keep no such cookie.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from coach.engine.api.broker.browser_flow import LIVES as GRANT_LIVES
from coach.engine.api.people.provider_flow import LIVES
from coach.model.machine.secrets import Secret
from coach.model.people.access import LONGEST

if TYPE_CHECKING:
    from starlette.types import Scope

OVER_TLS, PLAIN = "__Host-coach", "coach-session"
FLOW_OVER_TLS, FLOW_PLAIN = "__Host-coach-provider", "coach-provider"
GRANT_OVER_TLS, GRANT_PLAIN = "__Host-coach-grant", "coach-grant"
BEARER = "bearer "
SECURE_SCHEMES = frozenset({"https", "wss"})


@dataclass(frozen=True, slots=True)
class CarriedCredentials:
    """What a request carries: a session's cookie, or a token instead of it."""

    session: Secret
    token: Secret


def carried(scope: "Scope") -> CarriedCredentials:
    """Return the credentials of a request; who sends `Authorization` is not known by a cookie."""
    headers = Headers(scope=scope)
    given = headers.getlist("authorization")
    if given:
        is_bearer = len(given) == 1 and given[0].lower().startswith(BEARER)
        text = given[0][len(BEARER) :].strip() if is_bearer else "unknown"
        return CarriedCredentials(Secret(""), Secret(text))
    return CarriedCredentials(Secret(_cookie(headers, cookie_name(scope))), Secret(""))


def carried_flow(scope: "Scope") -> str:
    """Return what a browser keeps of its way to a provider of sign-ins, empty where it has none."""
    return _cookie(Headers(scope=scope), _flow_name(scope))


def carried_grant(scope: "Scope") -> str:
    """Return what a browser keeps of its way to a broker's page, empty where it has none."""
    return _cookie(Headers(scope=scope), _grant_name(scope))


def cookie_name(scope: "Scope") -> str:
    """Return the name of the cookie for the scheme of a request."""
    return OVER_TLS if scope["scheme"] in SECURE_SCHEMES else PLAIN


def cookie_of(scope: "Scope", secret: Secret | None) -> str:
    """Return the header that keeps a session's secret in a browser; None forgets it."""
    return _header(scope, cookie_name(scope), secret, LONGEST)


def flow_cookie_of(scope: "Scope", secret: Secret | None) -> str:
    """Return the header that keeps what a provider's answer must fit; None forgets it."""
    return _header(scope, _flow_name(scope), secret, LIVES)


def grant_cookie_of(scope: "Scope", secret: Secret | None) -> str:
    """Return the header that keeps what a broker's answer must fit; None forgets it."""
    return _header(scope, _grant_name(scope), secret, GRANT_LIVES)


def _grant_name(scope: "Scope") -> str:
    return GRANT_OVER_TLS if scope["scheme"] in SECURE_SCHEMES else GRANT_PLAIN


def _flow_name(scope: "Scope") -> str:
    return FLOW_OVER_TLS if scope["scheme"] in SECURE_SCHEMES else FLOW_PLAIN


def _cookie(headers: Headers, name: str) -> str:
    """Return a cookie; of several of one name none is believed, as neighbours may have set them."""
    pairs = (pair.partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
    found = {value.strip() for key, _, value in pairs if key.strip() == name}
    return found.pop() if len(found) == 1 else ""


def _header(scope: "Scope", name: str, secret: Secret | None, longest: timedelta) -> str:
    life = int(longest.total_seconds()) if secret else 0
    secure = "; Secure" if scope["scheme"] in SECURE_SCHEMES else ""
    value = secret.reveal() if secret else ""
    return f"{name}={value}; Path=/; Max-Age={life}; HttpOnly; SameSite=Lax{secure}"
