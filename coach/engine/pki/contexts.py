"""TLS of both sides: 1.3 alone, our own authorities alone, and a certificate from either side.

What the other side would refuse is refused here first: it hangs up and does not say why.
"""

import ssl
from datetime import datetime

from cryptography import x509

from coach.engine.pki.certificates import is_from, side_of
from coach.engine.pki.errors import CertificateTrouble
from coach.engine.pki.folder import CertificateFolder


def serving(folder: CertificateFolder, service: str, now: datetime) -> ssl.SSLContext:
    """Return how a service listens; CertificateTrouble where its files cannot be used now.

    No session is taken up again, since nothing would look at the certificate then.
    """
    _check(folder, service, now)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    context.verify_mode = ssl.CERT_REQUIRED
    return _loaded(context, folder, service)


def asking(folder: CertificateFolder, service: str, now: datetime) -> ssl.SSLContext:
    """Return how a service asks another one; CertificateTrouble where its files cannot be used."""
    _check(folder, service, now)
    return _loaded(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), folder, service)


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
