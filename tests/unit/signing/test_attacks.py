"""Each hole of the plain form of record 003 is an attack that fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.hot.base import DatedClaim
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.signing.message import SignedPart
from coach.engine.signing.service_keys import Service, ServiceKey, ServiceKeys
from coach.engine.signing.signer import Signer
from coach.engine.signing.verifier import NotBelieved, Verifier
from coach.errors import HotStoreDown
from tests.unit.signing.conftest import KEY, NEIGHBOUR, NOON, PART, Pair, changed, other


def test_a_signed_request_is_believed_once(pair: Pair) -> None:
    headers = pair.headers()
    assert pair.believed(headers).key == KEY
    pair.refused("replay", headers)


@pytest.mark.parametrize(
    "part",
    [
        other(method="PUT"),
        other(path="/v2/what-if"),
        other(path="/v2%2Fscore"),
        other(query="a=2"),
        other(query=""),
        other(body=b"bodY"),
        other(body=b""),
        other(content_type="text/plain"),
    ],
)
def test_a_signature_is_for_one_request(pair: Pair, part: SignedPart) -> None:
    pair.refused("signature", pair.headers(), part)


def test_digits_do_not_slide_from_the_time_into_the_body(pair: Pair) -> None:
    headers = pair.headers(other(body=b"123"))
    sent = dict(headers)["x-timestamp"]
    pair.refused("header malformed", changed(headers, timestamp=sent + "1"), other(body=b"23"))


def test_two_equal_requests_in_one_second_are_two(pair: Pair) -> None:
    one, another = pair.headers(), pair.headers()
    pair.believed(one)
    pair.believed(another)


def test_of_a_thousand_replays_at_once_one_is_believed(pair: Pair) -> None:
    headers = pair.headers()

    def attempt(_: int) -> str:
        try:
            pair.believed(headers)
        except NotBelieved as why:
            return why.reason
        return "believed"

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(attempt, range(1_000)))
    assert answers.count("believed") == 1
    assert answers.count("replay") == 999


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_off_is_believed(pair: Pair, seconds: int) -> None:
    pair.clock.tick(400)
    headers = pair.headers()
    pair.clock.tick(seconds)
    pair.believed(headers)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_second_more_is_not(pair: Pair, seconds: int) -> None:
    pair.clock.tick(400)
    headers = pair.headers()
    pair.clock.tick(seconds)
    pair.refused("time", headers)


def test_a_nonce_is_known_for_as_long_as_its_request_could_be_believed(pair: Pair) -> None:
    pair.clock.tick(400)
    ahead = Signer(pair.keys, lambda: pair.clock.now + timedelta(seconds=300))
    headers = list(ahead.sign(PART).items())
    pair.believed(headers)
    pair.clock.tick(600)
    pair.refused("replay", headers)


@pytest.mark.parametrize("name", ["x-signature", "x-timestamp", "x-keyid", "x-nonce"])
def test_each_header_stands_there_once(pair: Pair, name: str) -> None:
    headers = pair.headers()
    twice = [*headers, (name, dict(headers)[name])]
    pair.refused("header twice", twice)
    pair.refused("header missing", [one for one in headers if one[0] != name])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signature", "A" * 64),
        ("signature", "a" * 63),
        ("signature", "a" * 64 + "\n"),
        ("timestamp", "+177236640"),
        ("timestamp", "1772366400.0"),
        ("timestamp", "\uff11" * 10),
        ("keyid", "k1\nk2"),
        ("keyid", ""),
        ("nonce", "a" * 21),
        ("nonce", "a" * 21 + "="),
    ],
)
def test_a_header_has_one_form(pair: Pair, name: str, value: str) -> None:
    pair.refused("header malformed", changed(pair.headers(), **{name: value}))


def test_a_line_break_in_the_path_is_no_field_of_its_own(pair: Pair) -> None:
    pair.refused("header malformed", pair.headers(), other(path="/v2/score\na=1", query=""))


@pytest.mark.parametrize("address", ["10.0.1.1", "::2", "", "engine"])
def test_a_stranger_with_the_key_is_a_stranger(pair: Pair, address: str) -> None:
    pair.refused("address", pair.headers(), address=address)


@pytest.mark.parametrize("address", [NEIGHBOUR, "::1", "::ffff:10.0.0.9"])
def test_a_neighbour_is_let_in_by_either_family(pair: Pair, address: str) -> None:
    pair.believed(pair.headers(), address=address)


def test_a_key_that_nobody_knows_is_not_named_back(pair: Pair) -> None:
    with pytest.raises(NotBelieved) as found:
        pair.believed(changed(pair.headers(), keyid="k9"))
    assert (found.value.reason, found.value.key_id) == ("unknown key", "")


def test_a_request_to_another_service_is_not_for_us(pair: Pair) -> None:
    elsewhere = ServiceKey(
        KEY.id, Service("api", "other"), KEY.secret, KEY.not_before, KEY.not_after
    )
    headers = list(Signer(ServiceKeys([elsewhere]), pair.clock).sign(PART).items())
    pair.refused("signature", headers)


def test_a_wrong_signature_takes_no_place_in_the_hot_store(pair: Pair) -> None:
    headers = pair.headers()
    pair.refused("signature", changed(headers, signature="0" * 64))
    pair.believed(headers)


class NoStore(MemoryHotStore):
    """A hot store that does not answer."""

    def claim_dated(self, mark: str, key: str, now_s: int, ttl_s: float) -> DatedClaim:
        """Raise."""
        del mark, key, now_s, ttl_s
        raise HotStoreDown(what="it does not answer")


def test_without_the_hot_store_nothing_is_believed(pair: Pair) -> None:
    verifier = Verifier(pair.keys, pair.verifier.networks, NoStore(lambda: 0.0), pair.clock)
    with pytest.raises(NotBelieved, match="nonces unknown"):
        verifier.believe(pair.headers(), PART, NEIGHBOUR)


def test_what_was_signed_before_nonces_were_lost_is_not_believed(pair: Pair) -> None:
    seen, unseen = pair.headers(), pair.headers()
    pair.believed(seen)
    pair.clock.tick(5)
    fresh = MemoryHotStore(pair.clock.seconds)
    verifier = Verifier(pair.keys, pair.verifier.networks, fresh, pair.clock)
    for headers in (seen, unseen):
        with pytest.raises(NotBelieved, match="nonces lost"):
            verifier.believe(headers, PART, NEIGHBOUR)
    pair.clock.tick(1)
    assert verifier.believe(pair.headers(), PART, NEIGHBOUR).key == KEY


def test_that_nonces_are_known_is_itself_not_forgotten() -> None:
    long = ServiceKey(KEY.id, KEY.service, KEY.secret, NOON, NOON + timedelta(days=400))
    months = Pair(ServiceKeys([long]))
    for _ in range(60):
        months.clock.tick(86_400)
        months.believed(months.headers())


COVERED = st.sampled_from(["method", "path", "query", "content_type", "body"])


@given(field=COVERED, at=st.integers(0, 200), bit=st.integers(0, 7))
def test_one_changed_bit_of_what_is_covered_is_seen(field: str, at: int, bit: int) -> None:
    pair = Pair()
    headers = pair.headers()
    value = getattr(PART, field)
    raw = bytearray(value if isinstance(value, bytes) else value.encode())
    raw[at % len(raw)] ^= 1 << bit
    new = bytes(raw) if field == "body" else raw.decode("latin-1")
    with pytest.raises(NotBelieved) as found:
        pair.believed(headers, other(**{field: new}))
    assert found.value.reason in {"signature", "header malformed"}


@given(name=st.sampled_from(["x-timestamp", "x-nonce", "x-signature"]), at=st.integers(0, 63))
def test_one_changed_character_of_a_header_is_seen(name: str, at: int) -> None:
    pair = Pair()
    headers = dict(pair.headers())
    text = headers[name]
    place = at % len(text)
    swapped = "1" if text[place] != "1" else "2"
    headers[name] = text[:place] + swapped + text[place + 1 :]
    with pytest.raises(NotBelieved):
        pair.believed(list(headers.items()))
