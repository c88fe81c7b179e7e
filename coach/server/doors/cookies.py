"""The cookie of a session, and the credentials that a request carries.

Over HTTPS its name begins with `__Host-`, so that no other host and no page without TLS can set it.
Over plain HTTP, which only this machine's loopback speaks, browsers keep no such cookie.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from coach.model.machine.secrets import Secret
from coach.model.people.access import LONGEST

if TYPE_CHECKING:
    from starlette.types import Scope

OVER_TLS, PLAIN = "__Host-coach", "coach-session"
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
    name = cookie_name(scope)
    pairs = (pair.partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
    found = {value.strip() for key, _, value in pairs if key.strip() == name}
    # several are those of neighbours who set one of the same name: none of them is believed
    return CarriedCredentials(Secret(found.pop() if len(found) == 1 else ""), Secret(""))


def cookie_name(scope: "Scope") -> str:
    """Return the name of the cookie for the scheme of a request."""
    return OVER_TLS if scope["scheme"] in SECURE_SCHEMES else PLAIN


def cookie_of(scope: "Scope", secret: Secret | None) -> str:
    """Return the header that keeps a session's secret in a browser; None forgets it."""
    life = int(LONGEST.total_seconds()) if secret else 0
    secure = "; Secure" if scope["scheme"] in SECURE_SCHEMES else ""
    value = secret.reveal() if secret else ""
    attributes = f"Path=/; Max-Age={life}; HttpOnly; SameSite=Lax{secure}"
    return f"{cookie_name(scope)}={value}; {attributes}"
