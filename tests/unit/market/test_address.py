"""Where objects are kept, and what may not stand in an address."""

from pathlib import Path

import pytest

from coach.engine.market.address import Folder, Keys, S3Bucket, parse


def test_a_path_is_a_folder() -> None:
    assert parse("/var/lib/candles") == Folder(Path("/var/lib/candles"))


def test_a_bucket_alone_is_amazons() -> None:
    assert parse("s3://bars") == S3Bucket("bars", "", "", "us-east-1", allow_http=False)


def test_a_bucket_may_say_where_it_is() -> None:
    address = "s3://bars/a/b/?endpoint=https://s3.example:9000/&region=eu-central-1"
    wanted = S3Bucket("bars", "a/b", "https://s3.example:9000", "eu-central-1", allow_http=False)
    assert parse(address) == wanted


def test_no_tls_must_be_meant() -> None:
    with pytest.raises(ValueError, match="allow_http=true"):
        parse("s3://bars?endpoint=http://127.0.0.1:9000")
    meant = parse("s3://bars?endpoint=http://127.0.0.1:9000&allow_http=true")
    assert meant == S3Bucket("bars", "", "http://127.0.0.1:9000", "us-east-1", allow_http=True)


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("candles", "begins with /"),
        ("gs://bars", "s3://"),
        ("s3:///prefix", "no bucket"),
        ("s3://AKIA:secret@bars", "must not hold keys"),
        ("s3://bars?secret_access_key=x", "unknown option"),
        ("s3://bars?endpoint=https://u:p@host", "must not hold keys"),
        ("s3://bars?endpoint=host", "https://"),
        ("s3://bars?allow_http=yes", "true or false"),
    ],
)
def test_an_address_that_makes_no_sense_says_why(address: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong) as caught:
        parse(address)
    assert "secret" not in str(caught.value).replace("SECRET", "").replace("secret_access_key", "")


def test_keys_are_not_shown() -> None:
    assert "hunter2" not in repr(Keys("AKIA", "hunter2", "token"))
