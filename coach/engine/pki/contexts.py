"""TLS of both sides: 1.3 alone, our own authorities alone, and a certificate from either side.

What the other side would refuse is refused here first: it hangs up and does not say why.
"""

import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography import x509

from coach.engine.pki.certificates import is_from, side_of
from coach.engine.pki.errors import CertificateTrouble
from coach.engine.pki.folder import CertificateFolder

TRIES = 5
"""How often files are read anew that somebody replaces at the same time."""


def serving(folder: CertificateFolder, service: str, now: datetime) -> ssl.SSLContext:
    """Return how a service listens; CertificateTrouble where its files cannot be used now.

    No session is taken up again, since nothing would look at the certificate then.
    """
    return _settled(folder, service, now, _listening)


def asking(folder: CertificateFolder, service: str, now: datetime) -> ssl.SSLContext:
    """Return how a service asks another one; CertificateTrouble where its files cannot be used."""
    return _settled(folder, service, now, lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


def _listening() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _settled(
    folder: CertificateFolder, service: str, now: datetime, fresh: Callable[[], ssl.SSLContext]
) -> ssl.SSLContext:
    """Return a context of files that nobody replaced while they were read.

    The library opens the file of a service twice, for its certificate and for its key: one that is
    issued in between would be told as a key of another certificate.
    """
    for tries in range(TRIES, 0, -1):
        before = _content(folder, service)
        try:
            _check(folder, service, now)
            context = _loaded(fresh(), folder, service)
        except CertificateTrouble:
            if tries == 1 or _content(folder, service) == before:
                raise
            continue
        if _content(folder, service) == before:
            break
    return context


def _content(folder: CertificateFolder, service: str) -> tuple[bytes | None, ...]:
    return tuple(map(_bytes, (folder.trusted_file, folder.file_of(service))))


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:  # which the check names
        return None


def _loaded(context: ssl.SSLContext, folder: CertificateFolder, service: str) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    file = folder.file_of(service)
    try:
        context.load_verify_locations(folder.trusted_file)
        context.load_cert_chain(file)
    except (OSError, ssl.SSLError) as trouble:
        found = trouble.strerror or trouble.reason if isinstance(trouble, ssl.SSLError) else ""
        reason = f"{service}: {found or trouble}"
        raise CertificateTrouble(
            folder=folder.folder, reason=reason, remedy="list_certificates"
        ) from None
    return context


def _check(folder: CertificateFolder, service: str, now: datetime) -> None:
    reason = _fault(folder.certificate(service), folder.trusted(), service, now)
    if reason:
        raise CertificateTrouble(
            folder=folder.folder, reason=f"{service}: {reason}", remedy="list_certificates"
        )


def _fault(
    found: x509.Certificate, trusted: list[x509.Certificate], service: str, now: datetime
) -> str:
    if not any(is_from(found, one) for one in trusted):
        return "it was issued by an authority that is not trusted here"
    if now < found.not_valid_before_utc:
        return f"it counts from {found.not_valid_before_utc:%Y-%m-%d %H:%M} UTC on"
    if found.not_valid_after_utc <= now:
        return f"it ended at {found.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
    uses = [one.value for one in found.extensions if isinstance(one.value, x509.ExtendedKeyUsage)]
    return "" if any(side_of(service) in use for use in uses) else "it is not for this side"
