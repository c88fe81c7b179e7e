"""Certificates of coach's services: made, issued, renewed, listed, and used by either side."""

import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple

from cryptography import x509

from coach.engine.pki import contexts
from coach.engine.pki.certificates import is_from, new_authority
from coach.engine.pki.certificates import issue as issue_certificate
from coach.engine.pki.errors import AuthorityThere
from coach.engine.pki.folder import CertificateFolder
from coach.engine.vault.kek import Kek
from coach.errors import Invalid, NotFound
from coach.model.machine.engine_service import AUDIENCE
from coach.model.machine.identities import SERVICE, uri_of

AUTHORITY: Final = "ca"
USUAL_AUTHORITY_DAYS: Final = 1_825
LONGEST_AUTHORITY_DAYS: Final = 3_650
USUAL_DAYS: Final = 30
"""The longest life, too: nothing is revoked, so what leaked ends by itself."""
CertificateKind = Literal["authority", "server", "client"]
CertificateState = Literal["counts", "due", "ended", "waits", "not trusted"]


class ListedCertificate(NamedTuple):
    """A certificate without its key. From `renew_at` on it is due."""

    name: str
    kind: CertificateKind
    uri: str
    not_before: datetime
    not_after: datetime
    renew_at: datetime
    state: CertificateState


def folder_of(folder: Path, key_file: Path | None = None) -> CertificateFolder:
    """Return the certificates of a folder; `key_file` is the authority's key where it is apart."""
    return CertificateFolder(folder, key_file)


def listed(folder: CertificateFolder, now: datetime) -> list[ListedCertificate]:
    """Return the authorities, the newest first, and then the services by name."""
    trusted = folder.trusted()
    found = [_listed(AUTHORITY, one, trusted, now) for one in trusted]
    services = folder.services()
    return found + [_listed(one, folder.certificate(one), trusted, now) for one in services]


def init(
    folder: CertificateFolder, kek: Kek, now: datetime, days: int, *, again: bool = False
) -> list[ListedCertificate]:
    """Make an authority; AuthorityThere where there is one.

    With `again` it alone is trusted from now on, and every service has a new certificate.
    """
    _check_days(days, LONGEST_AUTHORITY_DAYS)
    with folder.changing():
        if folder.trusted() and not again:
            raise AuthorityThere(folder=folder.folder, remedy="renew_authority")
        folder.keep_authority(new_authority(now, days), [], kek)
        _issue(folder, kek, folder.services(), now, USUAL_DAYS)
    return listed(folder, now)


def follow(
    folder: CertificateFolder, kek: Kek, now: datetime, days: int = USUAL_AUTHORITY_DAYS
) -> list[ListedCertificate]:
    """Make an authority that issues from now on, and trust the former ones until they end.

    No certificate changes: the other side has to trust the new authority first.
    """
    _check_days(days, LONGEST_AUTHORITY_DAYS)
    with folder.changing():
        folder.authority(kek)
        kept = [one for one in folder.trusted() if now < one.not_valid_after_utc]
        folder.keep_authority(new_authority(now, days), kept, kek)
    return listed(folder, now)


def issue(
    folder: CertificateFolder, kek: Kek, service: str, now: datetime, days: int = USUAL_DAYS
) -> ListedCertificate:
    """Issue a certificate for a service, in the place of the one that it had."""
    if not SERVICE.fullmatch(service) or service == AUTHORITY:
        allowed = "small letters, digits and dashes, 32 at most, and not ca"
        raise Invalid("name", f"not {service!r}", allowed, example="api")
    _check_days(days, USUAL_DAYS)
    with folder.changing():
        _issue(folder, kek, [service], now, days)
    return _of(folder, service, now)


def renew(
    folder: CertificateFolder,
    kek: Kek,
    services: Sequence[str],
    now: datetime,
    *,
    if_due: bool = False,
) -> list[ListedCertificate]:
    """Issue certificates anew with the life that they had, and return those; all without names."""
    with folder.changing():
        known = folder.services()
        missing = next((one for one in services if one not in known), None)
        if missing is not None:
            raise NotFound(kind="certificate", name=missing, remedy="list_certificates")
        found = [_of(folder, one, now) for one in services or known]
        due = [one for one in found if not if_due or one.state not in {"counts", "waits"}]
        for one in due:
            life = (one.not_after - one.not_before).days
            _issue(folder, kek, [one.name], now, min(USUAL_DAYS, max(1, life)))
    return [_of(folder, one.name, now) for one in due]


def server_context(folder: Path, now: datetime) -> ssl.SSLContext:
    """Return how the engine's service listens; see `serving`."""
    return contexts.serving(CertificateFolder(folder), AUDIENCE, now)


def _issue(
    folder: CertificateFolder, kek: Kek, services: Sequence[str], now: datetime, days: int
) -> None:
    authority = folder.authority(kek)
    for one in services:
        folder.keep(one, issue_certificate(authority, one, now, timedelta(days=days)))


def _check_days(days: int, most: int) -> None:
    if not 1 <= days <= most:
        raise Invalid("days", f"not {days}", f"1 to {most}", example=str(most))


def _of(folder: CertificateFolder, service: str, now: datetime) -> ListedCertificate:
    return _listed(service, folder.certificate(service), folder.trusted(), now)


def _listed(
    name: str, found: x509.Certificate, trusted: Sequence[x509.Certificate], now: datetime
) -> ListedCertificate:
    begins, ends = found.not_valid_before_utc, found.not_valid_after_utc
    renew_at = begins + (ends - begins) * 2 / 3
    kind: CertificateKind = "server" if name == AUDIENCE else "client"
    if name == AUTHORITY:
        kind = "authority"
    state: CertificateState = "counts"
    if not any(is_from(found, one) for one in trusted):
        state = "not trusted"
    elif ends <= now:
        state = "ended"
    elif now < begins:
        state = "waits"
    elif renew_at <= now:
        state = "due"
    uri = "" if name == AUTHORITY else uri_of(name)
    return ListedCertificate(name, kind, uri, begins, ends, renew_at.replace(microsecond=0), state)
