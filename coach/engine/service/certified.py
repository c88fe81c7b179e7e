"""Asking the service over TLS with a certificate of our own, and believing its certificate.

The service is known by its name under coach.internal, whatever its address is. The files are read
for each call, so a renewed certificate counts at once.
"""

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import httpx2

from coach.engine.pki.errors import CertificateTrouble
from coach.engine.signing.message import SignedPart
from coach.errors import AuthenticationFailed
from coach.model.machine.engine_service import AUDIENCE
from coach.model.machine.identities import host_of

WHO: Final = "the engine service"
OF_TLS: Final = re.compile(r"certificate[^(]*|alert[^(]*", re.IGNORECASE)
"""What TLS says where one side does not believe the other."""


@dataclass(frozen=True, slots=True)
class UnsignedCalls:
    """Signs nothing: TLS says who asks and who answers."""

    def sign(self, part: SignedPart) -> dict[str, str]:
        """Return no headers."""
        del part
        return {}

    def believe(
        self, sent: Mapping[str, str], status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Return: an answer that came over TLS is the service's."""


class CertifiedTransport(httpx2.HTTPTransport):
    """Connections to the service alone; AuthenticationFailed where one side is not believed."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask the one that is named engine.coach.internal; nobody is asked without TLS."""
        if request.url.scheme != "https":
            raise AuthenticationFailed(broker=WHO, reason="it is not asked over TLS")
        request.extensions = {**request.extensions, "sni_hostname": host_of(AUDIENCE)}
        try:
            return super().handle_request(request)
        except httpx2.RemoteProtocolError:
            reason = "it hung up at once; its log says whether it refused our certificate"
            raise httpx2.ConnectError(reason) from None
        except httpx2.NetworkError as trouble:
            found = OF_TLS.search(str(trouble)) if "SSL" in str(trouble) else None
            if found is None:
                raise
            reason = f"TLS: {found[0].strip().lower()}"
            raise AuthenticationFailed(
                broker=WHO, reason=reason, remedy="list_certificates"
            ) from None


def certified(load: Callable[[], ssl.SSLContext]) -> Callable[[], httpx2.BaseTransport]:
    """Return what connects; `load` reads the files, for each connection anew.

    AuthenticationFailed where they cannot be used.
    """

    def connect() -> httpx2.BaseTransport:
        try:
            return CertifiedTransport(load())
        except CertificateTrouble as trouble:
            reason = str(trouble)
            raise AuthenticationFailed(
                broker=WHO, reason=reason, remedy="list_certificates"
            ) from None

    return connect
