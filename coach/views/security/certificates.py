"""The certificates by which coach's services know each other, without their keys."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.service.pki import ListedCertificate

CERTIFICATES = (
    Column("name", "name", "key"),
    Column("kind", "kind"),
    Column("uri", "names"),
    Column("state", "state"),
    Column("not_before", "from", "time"),
    Column("renew_at", "due", "time"),
    Column("not_after", "until", "time"),
)


class CertificateRow(TypedDict):
    """A certificate; `kind` is authority, server or client.

    `state` is counts, due, ended, waits or not trusted.
    """

    name: str
    kind: str
    uri: str
    state: str
    not_before: datetime
    renew_at: datetime
    not_after: datetime


def certificate(found: "ListedCertificate") -> CertificateRow:
    """Return a certificate as it is shown."""
    return CertificateRow(
        name=found.name,
        kind=found.kind,
        uri=found.uri,
        state=found.state,
        not_before=found.not_before,
        renew_at=found.renew_at,
        not_after=found.not_after,
    )
