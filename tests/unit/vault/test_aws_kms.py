"""AWS KMS, by recorded answers: above all those that the test server of moto gets wrong."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from coach.engine.vault.providers.aws_kms import AwsKms
from coach.engine.vault.ring import WrapContext
from coach.errors import KekUnavailable

ARN = "arn:aws:kms:eu-central-1:111122223333:key/0d990263-018e-4e65-a703-eff731de951e"
OTHER = ARN.replace("0d990263", "1d990263")
MINE = WrapContext("user", b"k" * 16)
CONTEXT = {"tenant": "user", "dek_id": (b"k" * 16).hex(), "purpose": "seal"}
DECRYPT = {"KeyId": ARN, "CiphertextBlob": b"wrapped", "EncryptionContext": CONTEXT}
SECRET = "hunter2hunter2hunter2"


@pytest.fixture
def answers() -> Iterator[tuple[AwsKms, Stubber]]:
    client = boto3.client(
        "kms", region_name="eu-central-1", aws_access_key_id="k", aws_secret_access_key=SECRET
    )
    with Stubber(client) as stub:
        yield AwsKms("alias/coach", lambda: client), stub
        stub.assert_no_pending_responses()


def test_an_alias_is_asked_once_and_the_context_goes_along(
    answers: tuple[AwsKms, Stubber],
) -> None:
    kms, stub = answers
    described: dict[str, Any] = {"KeyMetadata": {"KeyId": ARN.rpartition("/")[2], "Arn": ARN}}
    stub.add_response("describe_key", described, {"KeyId": "alias/coach"})
    asked = {"KeyId": ARN, "Plaintext": b"d" * 32, "EncryptionContext": CONTEXT}
    stub.add_response("encrypt", {"CiphertextBlob": b"wrapped", "KeyId": ARN}, asked)
    stub.add_response("decrypt", {"Plaintext": b"d" * 32, "KeyId": ARN}, DECRYPT)
    assert kms.wrap(b"d" * 32, MINE) == b"wrapped"
    assert kms.unwrap(b"wrapped", kms.current, MINE) == b"d" * 32


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("DisabledException", "the key is disabled"),
        ("KMSInvalidStateException", "waits to be deleted"),
        ("NotFoundException", "there is no such key"),
        ("AccessDeniedException", "does not let these credentials"),
        ("InvalidCiphertextException", "changed, or moved"),
        ("IncorrectKeyException", "by another key"),
        ("ThrottlingException", "ThrottlingException"),
    ],
)
def test_each_refusal_is_said_in_words_that_quote_nothing(
    answers: tuple[AwsKms, Stubber], code: str, said: str
) -> None:
    kms, stub = answers
    stub.add_client_error("decrypt", code, f"quotes {SECRET}", expected_params=DECRYPT)
    with pytest.raises(KekUnavailable, match=said) as caught:
        kms.unwrap(b"wrapped", ARN, MINE)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [{"Plaintext": b"d" * 32, "KeyId": OTHER}, {"Plaintext": b"d" * 16, "KeyId": ARN}],
)
def test_an_answer_by_another_key_is_not_believed(
    answers: tuple[AwsKms, Stubber], answer: dict[str, Any]
) -> None:
    kms, stub = answers
    stub.add_response("decrypt", answer, DECRYPT)
    with pytest.raises(KekUnavailable, match="another key"):
        kms.unwrap(b"wrapped", ARN, MINE)
