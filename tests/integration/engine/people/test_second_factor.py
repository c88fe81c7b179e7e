"""A second factor: codes that count once, recovery codes, and a secret that is sealed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from coach.engine.api.people import second_factor, sign_in
from coach.engine.api.people.place import SignInPlace
from coach.engine.store.connect import connect
from coach.errors import Conflict, NotFound, Refused
from coach.model.accounts import User
from coach.model.machine.secrets import Secret
from tests.integration.engine.people.conftest import Place, SetClock, kinds
from tests.integration.engine.people.test_sign_in import request

STEP = timedelta(seconds=30)
AT_ONCE = 8


@pytest.fixture
def device(place: SignInPlace, ann: User) -> pyotp.TOTP:
    """Return ann's device, which has shown its first code."""
    made = second_factor.begin(place, ann.id, ann.name)
    totp = pyotp.TOTP(made.secret.reveal())
    second_factor.confirm(place, ann.id, totp.at(place.clock()))
    return totp


def test_without_the_code_the_password_lets_nobody_in(
    place: SignInPlace, device: pyotp.TOTP, clock: SetClock
) -> None:
    clock.pass_by(STEP)
    assert sign_in.sign_in(place, request()) is None
    assert sign_in.sign_in(place, request(code="000000x")) is None
    code = device.at(clock())
    made = sign_in.sign_in(place, request(code=f"{code[:3]} {code[3:]}"))
    assert made is not None
    assert made.session.methods == "password+totp"


def test_a_code_is_never_accepted_twice_nor_one_before_it(
    place: SignInPlace, device: pyotp.TOTP, clock: SetClock
) -> None:
    assert sign_in.sign_in(place, request(code=device.at(clock()))) is None  # confirmed the device
    clock.pass_by(2 * STEP)
    before, code = device.at(clock() - STEP), device.at(clock())
    assert sign_in.sign_in(place, request(code=code)) is not None
    assert sign_in.sign_in(place, request(code=code)) is None
    assert sign_in.sign_in(place, request(code=before)) is None


def test_of_several_who_bring_one_code_at_once_one_comes_in(
    places: Place, device: pyotp.TOTP, clock: SetClock, database_url: str
) -> None:
    clock.pass_by(STEP)
    code = device.at(clock())

    def try_it(_: int) -> bool:
        with connect(database_url) as connection:
            return sign_in.sign_in(places(connection), request(code=code)) is not None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(try_it, range(AT_ONCE))) == 1


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_minute_does_not_count(
    place: SignInPlace, device: pyotp.TOTP, clock: SetClock, steps: int
) -> None:
    clock.pass_by(10 * STEP)
    code = device.at(clock() + steps * STEP)
    assert sign_in.sign_in(place, request(code=code)) is None


@pytest.mark.usefixtures("device")
def test_a_recovery_code_counts_once_however_it_is_typed(place: SignInPlace, ann: User) -> None:
    first, second, *_ = second_factor.make_new_codes(place, ann.id)
    made = sign_in.sign_in(place, request(code=first.reveal().replace("-", " ").upper()))
    assert made is not None
    assert made.session.methods == "password+recovery"
    assert sign_in.sign_in(place, request(code=first.reveal())) is None
    second_factor.make_new_codes(place, ann.id)
    assert sign_in.sign_in(place, request(code=second.reveal())) is None


def test_the_secret_is_sealed_and_the_codes_are_hashes(
    place: SignInPlace, ann: User, device: pyotp.TOTP
) -> None:
    codes = second_factor.make_new_codes(place, ann.id)
    secrets = [Secret(device.secret), *codes]
    for table in ("sealed_secret", "second_factor", "recovery_code", "audit_event"):
        rows = place.connection.execute(f"select t::text from {table} t").fetchall()  # noqa: S608 - constants
        text = "\n".join(row[0] for row in rows)
        assert rows
        for secret in secrets:
            plain = secret.reveal().replace("-", "")
            assert plain not in text
            assert plain.encode().hex() not in text


def test_a_device_counts_from_its_first_code_on(
    place: SignInPlace, ann: User, clock: SetClock
) -> None:
    made = second_factor.begin(place, ann.id, ann.name)
    assert sign_in.sign_in(place, request()) is not None
    with pytest.raises(Refused):
        second_factor.confirm(place, ann.id, "12345")
    again = second_factor.begin(place, ann.id, ann.name)
    assert again.secret.reveal() != made.secret.reveal()
    totp = pyotp.TOTP(again.secret.reveal())
    assert len(second_factor.confirm(place, ann.id, totp.at(clock()))) == second_factor.CODES
    assert sign_in.sign_in(place, request()) is None
    with pytest.raises(Conflict):
        second_factor.begin(place, ann.id, ann.name)
    with pytest.raises(NotFound):
        second_factor.confirm(place, ann.id, totp.at(clock()))


@pytest.mark.usefixtures("device")
def test_without_the_device_the_password_is_enough_again(place: SignInPlace, ann: User) -> None:
    assert second_factor.remove(place, ann.id)
    assert not second_factor.remove(place, ann.id)
    assert sign_in.sign_in(place, request()) is not None
    with pytest.raises(NotFound):
        second_factor.make_new_codes(place, ann.id)
    removed = [kind for kind in kinds(place.connection, ann) if kind == "second_factor.removed"]
    assert len(removed) == 1
