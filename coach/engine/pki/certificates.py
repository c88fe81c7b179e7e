"""What an authority and its certificates say. X.509 as RFC 5280 has it, names as SPIFFE.

Keys are on P-256. The authority issues for our own names alone (name constraints) and makes no
other authority. A certificate is for one side: the service that serves, or one that asks. It names
a service by URI and by a name under coach.internal, wherever that service is; common names count
for nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from coach.model.machine.engine_service import AUDIENCE
from coach.model.machine.identities import TRUST_DOMAIN, host_of, uri_of

CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""A certificate begins that much before it was made, for clocks that are behind."""
NO_CERTIFICATES_BELOW: Final = 0


class Authority(NamedTuple):
    """A certificate that issues others, and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


class Issued(NamedTuple):
    """A certificate of a service and its key, both as PEM."""

    certificate: bytes
    key: bytes


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a new key."""
    return ec.generate_private_key(ec.SECP256R1())


def new_authority(now: datetime, days: int) -> Authority:
    """Return a new authority that counts for so many days."""
    key, begins = new_key(), _second(now)
    name = _name(f"authority of {begins:%Y-%m-%d %H:%M:%S}")
    constraints = x509.NameConstraints(
        [x509.DNSName(TRUST_DOMAIN), x509.UniformResourceIdentifier(TRUST_DOMAIN)], None
    )
    builder = (
        _begun(name, name, key.public_key(), begins, begins + timedelta(days=days))
        .add_extension(x509.BasicConstraints(True, NO_CERTIFICATES_BELOW), critical=True)
        .add_extension(_usage(issues=True), critical=True)
        .add_extension(constraints, critical=True)
    )
    return Authority(builder.sign(key, hashes.SHA256()), key)


def issue(authority: Authority, service: str, now: datetime, life: timedelta) -> Issued:
    """Return a certificate of a service; it ends no later than the authority does."""
    key, begins = new_key(), _second(now)
    ends = min(begins + life, authority.certificate.not_valid_after_utc)
    names = x509.SubjectAlternativeName(
        [x509.UniformResourceIdentifier(uri_of(service)), x509.DNSName(host_of(service))]
    )
    builder = (
        _begun(authority.certificate.subject, _name(service), key.public_key(), begins, ends)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(_usage(issues=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([side_of(service)]), critical=True)
        .add_extension(names, critical=False)
        .add_extension(_issuer(authority.key.public_key()), critical=False)
    )
    signed = builder.sign(authority.key, hashes.SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Issued(signed.public_bytes(Encoding.PEM), pem)


def side_of(service: str) -> x509.ObjectIdentifier:
    """Return what a certificate of this service is for: serving, or asking."""
    serves = service == AUDIENCE
    return ExtendedKeyUsageOID.SERVER_AUTH if serves else ExtendedKeyUsageOID.CLIENT_AUTH


def is_from(found: x509.Certificate, authority: x509.Certificate) -> bool:
    """Say whether this very authority issued a certificate, or it is that authority itself."""
    try:
        found.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def as_pem(certificates: Sequence[x509.Certificate]) -> bytes:
    """Return certificates as one file has them."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def _begun(
    issuer: x509.Name,
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    begins: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins - CLOCKS_DIFFER)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _issuer(key: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)


def _usage(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
