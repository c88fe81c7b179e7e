"""Who is believed to ask the service: one whose signature is right, or one whose certificate is.

A certificate was checked by TLS before the first byte: who issued it, that it counts now, and that
it is one of a client. Left for us is whom it names, by URI and by nothing else, and whether that
one may ask for this kind of work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from coach.engine.service import contract
from coach.engine.signing.message import SignedPart
from coach.engine.signing.networks import is_within
from coach.engine.signing.verifier import NotBelieved, Verifier
from coach.model.machine.engine_service import CALLER, Networks
from coach.model.machine.identities import identity_of

RawHeaders = Sequence[tuple[str, str]]
GROUPS: Final[Mapping[str, str]] = {
    contract.SCORE: "analysis",
    contract.WHAT_IF: "analysis",
    contract.NARRATE: "narration",
}
"""The group of each route."""
MAY_ASK: Final[Mapping[str, frozenset[str]]] = {
    "analysis": frozenset({CALLER}),
    "narration": frozenset({CALLER}),
}
"""Which services may ask for the routes of a group."""


class AskedWork(NamedTuple):
    """A request as it came: names of headers in lower case, the target byte for byte.

    `identities` are the URIs of the certificate of who asks, none without TLS.
    """

    headers: RawHeaders
    address: str
    method: str
    path: str
    query: str
    body: bytes = b""
    identities: tuple[str, ...] = ()


class Caller(Protocol):
    """Who asks, and how an answer is shown to be ours."""

    @property
    def name(self) -> str:
        """Return under which name requests are counted."""

    def answer_headers(
        self, at: datetime, status: int, content_type: str, body: bytes
    ) -> dict[str, str]:
        """Return the headers that sign an answer."""


class Gate(Protocol):
    """Says who asks; NotBelieved for one who is not believed."""

    def admit(self, asked: AskedWork) -> None:
        """Return where a body could make the request believable; it is not read yet."""

    def believe(self, asked: AskedWork) -> Caller:
        """Return who asks."""


@dataclass(frozen=True, slots=True)
class SignatureGate:
    """Believes who signs with a key that both sides share."""

    verifier: Verifier

    def admit(self, asked: AskedWork) -> None:
        """See that headers, address, key and time could be those of a request of ours."""
        self.verifier.admit(asked.headers, asked.address)

    def believe(self, asked: AskedWork) -> Caller:
        """Return who signed it."""
        kind = next((value for name, value in asked.headers if name == "content-type"), "")
        part = SignedPart(asked.method, asked.path, asked.query, kind, asked.body)
        return self.verifier.believe(asked.headers, part, asked.address)


@dataclass(frozen=True, slots=True)
class CertifiedCaller:
    """A service that its certificate names; TLS keeps its answers together with its requests."""

    name: str

    def answer_headers(
        self, at: datetime, status: int, content_type: str, body: bytes
    ) -> dict[str, str]:
        """Return nothing: an answer goes to nobody else."""
        del at, status, content_type, body
        return {}


@dataclass(frozen=True, slots=True)
class CertificateGate:
    """Believes the one service that a certificate names, for the routes that it may ask for."""

    networks: Networks
    may_ask: Mapping[str, frozenset[str]] = field(default_factory=lambda: MAY_ASK)

    def admit(self, asked: AskedWork) -> None:
        """See that the address is allowed, and the service for this route."""
        self.believe(asked)

    def believe(self, asked: AskedWork) -> Caller:
        """Return the service that the certificate names.

        A route that nobody knows is answered to whoever may ask for anything.
        """
        if not is_within(asked.address, self.networks):
            raise NotBelieved("address")
        found = [identity_of(uri) for uri in asked.identities]
        name = found[0] if len(found) == 1 else None
        group = GROUPS.get(asked.path)
        allowed = frozenset().union(*self.may_ask.values())
        if group is not None:
            allowed = self.may_ask.get(group, frozenset())
        if name is None or name not in allowed:
            raise NotBelieved("identity", name or "")
        return CertifiedCaller(name)
