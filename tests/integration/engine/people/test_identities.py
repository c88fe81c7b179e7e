"""Who users are at a provider: linked once, by whoever runs coach."""

import pytest

from coach.engine.api import users
from coach.engine.api.people import accounts, identities, sessions, setup
from coach.engine.api.people.place import SignInPlace
from coach.errors import Conflict, Invalid, NotFound
from coach.model.accounts import User
from coach.model.people.provider import ProviderIdentity
from tests.integration.engine.people.conftest import PASSWORD, kinds

ISSUER = "https://login.example.org"
ANN, BEN = ProviderIdentity(ISSUER, "248289761001"), ProviderIdentity(ISSUER, "248289761002")


def test_an_identity_is_one_user_s_and_a_user_has_one(place: SignInPlace, ann: User) -> None:
    ben = accounts.make(place, accounts.NewAccount("ben", PASSWORD, "UTC"))
    identities.link(place, "ann", ANN)
    identities.link(place, "ann", ANN)
    with pytest.raises(Conflict, match="linked to ann"):
        identities.link(place, "ben", ANN)
    with pytest.raises(Conflict, match="ann is linked to another"):
        identities.link(place, "ann", BEN)
    assert kinds(place.connection, ann) == ["password.changed", "identity.linked"]
    assert kinds(place.connection, ben) == ["password.changed"]
    listed = {one.name: one.is_linked for one in users.users(place.connection)}
    assert listed == {"ann": True, "ben": False, "local": False}


def test_the_same_subject_of_another_issuer_is_somebody_else(place: SignInPlace, ann: User) -> None:
    identities.link(place, ann.name, ANN)
    for issuer in ("https://login.evil.test", f"{ISSUER}/", ISSUER.upper()):
        other = ProviderIdentity(issuer, ANN.subject)
        assert identities.sign_in(place, other, "a browser") is None
    made = identities.sign_in(place, ANN, "a browser")
    assert made is not None
    assert (made.session.user_id, made.session.methods) == (ann.id, "oidc")


def test_unlinking_ends_all_sessions(place: SignInPlace, ann: User) -> None:
    identities.link(place, "ann", ANN)
    made = identities.sign_in(place, ANN, "a browser")
    assert made is not None
    identities.unlink(place, "ann")
    assert sessions.recognise(place, made.secret) is None
    assert identities.sign_in(place, ANN, "a browser") is None
    assert kinds(place.connection, ann)[-1] == "identity.unlinked"
    with pytest.raises(NotFound):
        identities.unlink(place, "ann")


def test_the_first_who_is_linked_is_the_first_account(place: SignInPlace) -> None:
    assert not setup.is_done(place.connection)
    identities.link(place, "local", ANN)
    assert setup.is_done(place.connection)


def test_another_s_identity_confirms_no_session(place: SignInPlace, ann: User) -> None:
    accounts.make(place, accounts.NewAccount("ben", PASSWORD, "UTC"))
    identities.link(place, ann.name, ANN)
    identities.link(place, "ben", BEN)
    made = identities.sign_in(place, ANN, "a browser")
    assert made is not None
    user = sessions.recognise(place, made.secret)
    assert user is not None
    assert identities.confirm(place, user, BEN) is None
    assert sessions.recognise(place, made.secret) is not None
    anew = identities.confirm(place, user, ANN)
    assert anew is not None
    assert sessions.recognise(place, made.secret) is None
    assert sessions.recognise(place, anew) is not None


def test_a_user_who_is_removed_takes_the_identity_along(place: SignInPlace, ann: User) -> None:
    identities.link(place, ann.name, ANN)
    users.remove(place.connection, "ann", place.clock())
    assert identities.sign_in(place, ANN, "a browser") is None
    identities.link(place, "local", ANN)


@pytest.mark.parametrize("subject", ["", " ", "a" * 256, "Ä", "a\nb", "a\0", " a"])
def test_what_no_provider_calls_anybody_is_refused(
    place: SignInPlace, ann: User, subject: str
) -> None:
    with pytest.raises(Invalid):
        identities.link(place, ann.name, ProviderIdentity(ISSUER, subject))
    with pytest.raises(NotFound):
        identities.link(place, "nobody", ANN)
