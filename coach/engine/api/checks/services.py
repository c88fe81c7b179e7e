"""Whether keys and certificates by which services know each other are about to end.

Nothing is said of what nobody uses: without a file of keys there is no key, without an authority no
certificate.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coach.engine.api.keys.check import Check
from coach.errors import CoachError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from coach.model.machine.engine_service import EngineWishes

ENDS_SOON = timedelta(days=14)


def service_checks(wishes: EngineWishes, now: datetime) -> Iterator[Check]:
    """Yield a check of the keys, and one of the certificates, as far as there are any."""
    if wishes.keys_file.exists() and not wishes.by_certificate:
        yield _keys(wishes, now)
    if wishes.by_certificate or wishes.certificates.exists():
        yield _certificates(wishes, now)


def _keys(wishes: EngineWishes, now: datetime) -> Check:
    from coach.engine.api.service import keys

    try:
        found = keys.listed(wishes, now)
    except CoachError as trouble:
        return Check("service keys", "warning", str(trouble), trouble.hint, trouble.remedy)
    last = max((one.not_after for one in found), default=now)
    if last <= now:
        return Check("service keys", "warning", "no key counts", remedy="make_service_key")
    detail = f"the newest key ends at {last:%Y-%m-%d %H:%M} UTC"
    if last - now < ENDS_SOON:
        return Check("service keys", "warning", detail, remedy="make_service_key")
    return Check("service keys", "ok", detail)


def _certificates(wishes: EngineWishes, now: datetime) -> Check:
    from coach.engine.api.service import pki

    try:
        found = pki.listed(pki.folder_of(wishes.certificates), now)
    except CoachError as trouble:
        return Check("certificates", "warning", str(trouble), trouble.hint, trouble.remedy)
    if not found:
        detail = f"there is no authority in {wishes.certificates}"
        return Check("certificates", "warning", detail, remedy="make_authority")
    newest = next((one for one in found if one.kind == "authority"), None)
    behind = [one for one in found if one.kind != "authority" and one.state != "counts"]
    if newest is not None and newest.state != "counts":
        detail = f"the authority ends at {newest.not_after:%Y-%m-%d}"
        return Check("certificates", "warning", detail, remedy="renew_authority")
    if behind:
        detail = ", ".join(f"{one.name}: {one.state}" for one in behind)
        return Check("certificates", "warning", detail, remedy="renew_certificates")
    first = min(one.not_after for one in found)
    return Check("certificates", "ok", f"the first ends at {first:%Y-%m-%d %H:%M} UTC")
