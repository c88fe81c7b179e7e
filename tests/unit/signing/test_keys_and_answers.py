"""Keys follow each other, and an answer is believed for its own request."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coach.engine.signing.message import SignedPart, Stamp, answer_message, request_message
from coach.engine.signing.service_keys import Service, ServiceKey, ServiceKeys, keys_of
from coach.engine.signing.signer import AnswerNotSigned, NoKeyCounts, Signer
from tests.unit.signing.conftest import API_TO_ENGINE, KEY, NOON, PART, Pair

NEXT = ServiceKey(
    "k2", API_TO_ENGINE, b"2" * 32, NOON + timedelta(hours=1), NOON + timedelta(days=30)
)


def test_the_newest_key_signs_and_the_older_one_still_counts() -> None:
    pair = Pair(ServiceKeys([KEY, NEXT]))
    old = pair.headers()
    assert dict(old)["x-keyid"] == "k1"
    pair.clock.tick(3_600)
    assert dict(pair.headers())["x-keyid"] == "k2"
    late = list(Signer(ServiceKeys([KEY]), pair.clock).sign(PART).items())
    assert pair.believed(late).key.id == "k1"


def test_a_key_that_ended_counts_no_more() -> None:
    pair = Pair(ServiceKeys([KEY, NEXT]))
    pair.clock.tick(86_400)
    late = Signer(ServiceKeys([replace(KEY, not_after=NEXT.not_after)]), pair.clock)
    pair.refused("unknown key", list(late.sign(PART).items()))


def test_without_a_key_nothing_is_signed() -> None:
    with pytest.raises(NoKeyCounts):
        Signer(ServiceKeys([NEXT]), lambda: NOON).sign(PART)


def test_keys_are_those_of_a_service() -> None:
    elsewhere = replace(KEY, id="k3", service=Service("api", "other"))
    assert keys_of([KEY, elsewhere, NEXT], API_TO_ENGINE) == ServiceKeys([KEY, NEXT])


def test_a_key_prints_without_its_secret() -> None:
    assert "1111" not in repr(KEY)


def test_a_day_and_a_direction_have_keys_of_their_own() -> None:
    noon, tomorrow = "1772366400", "1772452800"
    signatures = {
        KEY.signature("request", noon, b"m"),
        KEY.signature("answer", noon, b"m"),
        KEY.signature("request", tomorrow, b"m"),
        replace(KEY, service=Service("engine", "api")).signature("request", noon, b"m"),
    }
    assert len(signatures) == 4
    assert KEY.signature("request", noon, b"m") == KEY.signature("request", "1772409599", b"m")


def test_the_day_key_is_hkdf_of_the_library() -> None:
    import hmac
    from hashlib import sha256

    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = b"hmac-2|2026-03-01|api|engine|request"
    derived = HKDF(SHA256(), 32, sha256(b"coach/service/v2").digest(), info).derive(KEY.secret)
    expected = hmac.digest(derived, b"message", "sha256").hex()
    assert KEY.signature("request", "1772366400", b"message") == expected


def test_the_messages_are_written_as_documented() -> None:
    stamp = Stamp("1772366400", "k1", "n" * 22)
    part = SignedPart("POST", "/v2/score", "a=1", "text/plain", b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    head = b"COACH-HMAC-2\n1772366400\nk1\n" + b"n" * 22 + b"\nengine\nPOST\n/v2/score\na=1\n"
    assert request_message(stamp, "engine", part) == head + f"{empty}\ntext/plain".encode()
    answer = b"COACH-HMAC-2-ANSWER\n1772366400\nk1\n" + b"n" * 22 + b"\n200\n"
    assert answer_message(stamp, 200, "text/plain", b"") == answer + f"{empty}\ntext/plain".encode()


def answered(pair: Pair) -> tuple[dict[str, str], dict[str, str]]:
    sent = dict(pair.headers())
    believed = pair.believed(list(sent.items()))
    headers = believed.answer_headers(pair.clock(), 200, "text/plain", b"done")
    return sent, {**headers, "content-type": "text/plain"}


def test_an_answer_is_believed_for_its_request(pair: Pair) -> None:
    sent, headers = answered(pair)
    pair.signer.believe(sent, 200, headers, b"done")


@pytest.mark.parametrize("what", ["status", "body", "type", "nonce", "absent", "key"])
def test_another_answer_is_not(pair: Pair, what: str) -> None:
    sent, headers = answered(pair)
    status, body = 200, b"done"
    match what:
        case "status":
            status = 201
        case "body":
            body = b"undone"
        case "type":
            headers["content-type"] = "text/html"
        case "nonce":
            sent = dict(pair.headers())
        case "absent":
            del headers["x-signature"]
        case "key":
            headers["x-keyid"] = "k2"
    with pytest.raises(AnswerNotSigned):
        pair.signer.believe(sent, status, headers, body)


def test_a_request_sent_back_is_no_answer(pair: Pair) -> None:
    sent = dict(pair.headers())
    with pytest.raises(AnswerNotSigned):
        pair.signer.believe(sent, 200, {**sent, "content-type": PART.content_type}, PART.body)
