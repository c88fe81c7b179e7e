"""Features that the settings turn on: who is invited to them, and who is not.

The only user of an installation is invited by the setting itself: whoever runs coach is that user.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from coach.engine.api.people import accounts
from coach.engine.store.people import features as store
from coach.errors import NotFound, Refused
from coach.model.machine.audit import AuditEntry
from coach.model.people.features import FEATURES

if TYPE_CHECKING:
    from coach.engine.api.people.place import SignInPlace
    from coach.engine.api.session import Session
    from coach.model.accounts import User


def allow(place: SignInPlace, name: str, feature: str) -> User:
    """Invite a user to a feature; it has to be on in the settings as well.

    NotFound for a user that nobody made, or a feature that there is not.
    """
    user = accounts.named(place, name)
    with place.change(user.id) as audited:
        if store.allow(place.connection, user.id, _known(feature), place.clock()):
            audited.append(AuditEntry("feature.allowed", name, {"feature": feature}))
    return user


def withdraw(place: SignInPlace, name: str, feature: str) -> User:
    """Take an invitation back: nothing is read by that feature any more, what was read stays.

    NotFound for a user that nobody made, or who is not invited.
    """
    user = accounts.named(place, name)
    with place.change(user.id) as audited:
        if not store.withdraw(place.connection, user.id, _known(feature)):
            raise NotFound(kind="invitation", name=f"of {name} to {feature}")
        audited.append(AuditEntry("feature.withdrawn", name, {"feature": feature}))
    return user


def require(session: Session, feature: str) -> None:
    """Raise Refused unless a feature is on, and the user of the session invited to it."""
    if not feature:
        return
    if feature not in session.features:
        what = f"{feature} is off in this coach"
        raise Refused(remedy="turn_feature_on", what=what, feature=feature)
    if store.is_allowed(session.connection, session.user.id, feature):
        return
    with closing(session.connect()) as everybody:
        alone = store.is_only_user(everybody, session.user.id)
    if not alone:
        user = session.user.name
        what = f"{user} is not invited to {feature}"
        raise Refused(remedy="invite_user", what=what, feature=feature, user=user)


def is_on(session: Session, feature: str) -> bool:
    """Say whether a feature is on, and the user of the session invited to it."""
    try:
        require(session, feature)
    except Refused:
        return False
    return True


def _known(feature: str) -> str:
    """Return the feature; NotFound where there is none of that name."""
    if feature not in FEATURES:
        raise NotFound(kind="feature", name=feature)
    return feature
