"""Names of services in certificates: spiffe://coach.internal/<service>, as SPIFFE writes them."""

import re
from typing import Final

TRUST_DOMAIN: Final = "coach.internal"
URI: Final = re.compile(rf"spiffe://{re.escape(TRUST_DOMAIN)}/([a-z0-9][a-z0-9-]{{0,31}})")
SERVICE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def uri_of(service: str) -> str:
    """Return the URI that names a service."""
    return f"spiffe://{TRUST_DOMAIN}/{service}"


def host_of(service: str) -> str:
    """Return the name by which a service is asked over TLS, wherever it is."""
    return f"{service}.{TRUST_DOMAIN}"


def identity_of(uri: str) -> str | None:
    """Return the service that a URI names, None where it names none of ours."""
    found = URI.fullmatch(uri)
    return found[1] if found else None
