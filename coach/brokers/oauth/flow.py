"""One way to a broker's page and back (RFC 6749, section 4.1, with PKCE, RFC 7636).

Whoever comes back shows the `state` that went there; anything else is no answer to this question
and is left alone, so that a stray request ends nothing.
"""

from dataclasses import dataclass, field
from secrets import compare_digest, token_urlsafe
from urllib.parse import parse_qs, urlsplit

from coach.errors import Invalid, Refused
from coach.model.machine.secrets import Secret

BYTES = 32
LONGEST_ADDRESS = 8_000
LONGEST_WORD = 60


@dataclass(frozen=True, slots=True)
class AuthorizationFlow:
    """Where the broker sends people back to, and what they must bring; `verifier` stays here."""

    redirect_uri: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def new_flow(redirect_uri: str) -> AuthorizationFlow:
    """Return a new flow."""
    return AuthorizationFlow(redirect_uri, token_urlsafe(BYTES), token_urlsafe(BYTES))


def flow_answered(flow: AuthorizationFlow, query: str) -> bool:
    """Say whether a query that came back is the answer to a flow."""
    state = _single(query, "state")
    return compare_digest(flow.state.encode(), state.encode(errors="replace"))


def code_of(flow: AuthorizationFlow, query: str, issuer: str) -> Secret:
    """Return the code of an answer; Refused for another flow's, and for one that allows nothing.

    Where the answer names its issuer (RFC 9207) it must be the one that was asked.
    """
    if not flow_answered(flow, query):
        raise Refused("begin again", what="this answer belongs to another attempt to connect")
    named = _single(query, "iss")
    if named and named.rstrip("/") != issuer.rstrip("/"):
        raise Refused("begin again", what="this answer comes from somebody else than was asked")
    code = _single(query, "code")
    if not code:
        word = "".join(one for one in _single(query, "error")[:LONGEST_WORD] if one.isprintable())
        raise Refused("begin again", what=f"nothing was allowed there ({word or 'no code came'})")
    return Secret(code)


def query_of(pasted: str) -> str:
    """Return the query of an address that somebody pasted; Invalid where it has none."""
    query = ""
    if len(pasted) <= LONGEST_ADDRESS:
        try:
            query = urlsplit(pasted.strip()).query
        except ValueError:
            query = ""
    if not query:
        allowed = "the whole address that the browser ended at, with code= and state= in it"
        raise Invalid("address", "not other text", allowed)
    return query


def _single(query: str, name: str) -> str:
    """Return a field of a query that is there once, else nothing."""
    try:
        found = parse_qs(query, max_num_fields=20).get(name, [])
    except ValueError:
        return ""
    return found[0] if len(found) == 1 else ""
