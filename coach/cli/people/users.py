"""`coach users`: who uses this installation, and who may sign in."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.people.place import Name, PasswordFile, new_password, people_place
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.views import users as views
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from coach.engine.api.people.place import SignInPlace
    from coach.model.events import Json

app = sub_app("Who uses this coach, and who may sign in.")
Feature = Annotated[str, typer.Argument(metavar="FEATURE", help="The feature, such as binance.")]
ISSUER = "coach config set oidc_issuer URL, and oidc_client_id"
HOW = "--password-file FILE, or - to read it from stdin"


@app.command("list")
def every(context: typer.Context) -> None:
    """List the users."""
    frame = frame_of(context)
    with people_place(frame) as place:
        values = _listed(place)
    frame.show(Answer("users list", list(values), Table(views.USERS, values)))


@app.command()
def add(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="The user's name; yours where it is left out.")
    ] = "",
    zone: Annotated[
        str, typer.Option("--zone", metavar="ZONE", help="Where the user's days begin.")
    ] = "",
    password_file: PasswordFile = "",
) -> None:
    """Make a user; with a password they may sign in at coach serve.

    A user who is there and has no password is given one, and keeps all that is theirs: so your
    own name, local, is how you sign in yourself. COACH_USER=NAME says for whom a command is.
    """
    from coach.engine.api import users
    from coach.engine.api.people import accounts

    frame = frame_of(context)
    named, zone = name or frame.settings.user, zone or frame.settings.zone
    with people_place(frame, create=True) as place:
        password = new_password(frame, password_file, named)
        if password is None and not name:
            raise UsageError(HOW, what="a password is needed, or the name of another user")
        if password is None:
            users.add(place.connection, named, zone)
        else:
            accounts.make(place, accounts.NewAccount(named, password, zone))
        [made] = _listed(place, named)
    text = f"{named}: days begin in {made['zone']}"
    frame.show(Answer("users add", made, text=text))


@app.command()
def password(
    context: typer.Context,
    name: Name,
    password_file: PasswordFile = "",
    forget_codes: Annotated[
        bool, typer.Option("--forget-codes", help="Ask for no code of a device any more.")
    ] = False,
) -> None:
    """Give a user another password: all their sessions end.

    Without a password --forget-codes only removes the second factor, for a device that was lost.
    """
    from coach.engine.api.people import accounts, second_factor

    frame = frame_of(context)
    with people_place(frame) as place:
        given = new_password(frame, password_file, name)
        if given is None and not forget_codes:
            raise UsageError(HOW, what="a password is needed")
        if given is not None:
            accounts.change_password(place, name, given)
        if forget_codes:
            second_factor.remove(place, accounts.named(place, name).id)
        [row] = _listed(place, name)
    frame.show(Answer("users password", row, text=f"changed: how {name} signs in"))


@app.command()
def disable(context: typer.Context, name: Name) -> None:
    """Let a user sign in no more.

    Sessions end, and tokens are revoked. What is theirs stays. Open streams are closed within a
    second.
    """
    from coach.engine.api.people import accounts

    frame = frame_of(context)
    with people_place(frame) as place:
        accounts.disable(place, name)
        [row] = _listed(place, name)
    frame.show(Answer("users disable", row, text=f"may sign in no more: {name}"))


@app.command()
def enable(context: typer.Context, name: Name) -> None:
    """Let a user sign in again.

    Tokens that were revoked stay so.
    """
    from coach.engine.api.people import accounts

    frame = frame_of(context)
    with people_place(frame) as place:
        accounts.enable(place, name)
        [row] = _listed(place, name)
    frame.show(Answer("users enable", row, text=f"may sign in again: {name}"))


@app.command()
def link(
    context: typer.Context,
    name: Name,
    subject: Annotated[
        str,
        typer.Option(metavar="SUB", help="What the provider calls the user: the claim `sub`."),
    ],
) -> None:
    """Let a user sign in through the provider of the settings.

    Nobody else is let in as that user, whatever address of mail they have. Whoever tries to sign in
    and is linked to nobody is shown their subject.
    """
    from coach.engine.api.people import identities
    from coach.model.people.provider import ProviderIdentity

    frame = frame_of(context)
    issuer = frame.settings.oidc.issuer
    if not issuer:
        raise UsageError(ISSUER, what="no provider of sign-ins is configured")
    with people_place(frame) as place:
        identities.link(place, name, ProviderIdentity(issuer, subject))
        [row] = _listed(place, name)
    frame.show(Answer("users link", row, text=f"{name}: signs in through {issuer}"))


@app.command()
def unlink(context: typer.Context, name: Name) -> None:
    """Let a user sign in through no provider.

    All their sessions end. A password that they have lets them in again.
    """
    from coach.engine.api.people import identities

    frame = frame_of(context)
    with people_place(frame) as place:
        identities.unlink(place, name)
        [row] = _listed(place, name)
    frame.show(Answer("users unlink", row, text=f"{name}: signs in through no provider"))


@app.command()
def allow(context: typer.Context, name: Name, feature: Feature) -> None:
    """Invite a user to a feature that the settings turn on.

    The only user of a coach needs no invitation.
    """
    from coach.engine.api.people import features

    frame = frame_of(context)
    with people_place(frame) as place:
        features.allow(place, name, feature)
        [row] = _listed(place, name)
    frame.show(Answer("users allow", row, text=f"{name} is invited to {feature}"))


@app.command()
def disallow(context: typer.Context, name: Name, feature: Feature) -> None:
    """Take the invitation to a feature back.

    Accounts that are connected by it are not read any more. What was read stays.
    """
    from coach.engine.api.people import features

    frame = frame_of(context)
    with people_place(frame) as place:
        features.withdraw(place, name, feature)
        [row] = _listed(place, name)
    frame.show(Answer("users disallow", row, text=f"{name} is not invited to {feature} any more"))


@app.command()
def remove(context: typer.Context, name: Name) -> None:
    """Delete a user and all that is theirs.

    Trades, rules, answers, keys, sessions and the audit chain go; only a hash of the chain stays,
    which names nobody. Nothing of it can be brought back.
    """
    from coach.engine.api import users
    from coach.wiring import clock

    frame = frame_of(context)
    with people_place(frame) as place:
        found = _listed(place, name)
        if not frame.sure(f"delete {name} and everything that is theirs, for good?"):
            raise UsageError(what="nobody was deleted")
        users.remove(place.connection, name, clock())
    frame.show(Answer("users remove", found[0], text=f"deleted: {name}"))


def _listed(place: "SignInPlace", name: str = "") -> "list[dict[str, Json]]":
    """Return the users as rows, or the one of a name."""
    from coach.engine.api import users

    found = users.users(place.connection)
    return rows([views.user(one) for one in found if name in {"", one.name}])
