"""AWS KMS as the key of keys, on the test server of moto.

That server lets a disabled key decrypt, which AWS does not: test_aws_kms.py of the unit tests has
the answers of AWS for that.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from coach.engine.api.keys import keys
from coach.engine.api.session import Session
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import open_secret, seal_secret
from coach.engine.vault.kek import Kek
from coach.engine.vault.providers.aws_kms import AwsKms
from coach.engine.vault.ring import WrapContext
from coach.errors import KekUnavailable, Refused
from coach.model.machine.keys import KekProvider
from coach.model.machine.secrets import Secret
from tests.integration.engine.conftest import NOW
from tests.integration.engine.keys.conftest import Sealer

DEK = bytes(range(32))


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield boto3.client(
        "kms",
        endpoint_url=f"http://{host}:{port}",
        region_name="eu-central-1",
        aws_access_key_id="k",
        aws_secret_access_key="s",
    )
    server.stop()


@pytest.fixture
def kms(client: Any) -> AwsKms:  # noqa: ANN401 -- boto3 has no types
    made = client.create_key()["KeyMetadata"]["KeyId"]
    return AwsKms(made, lambda: client)


def test_a_data_key_opens_in_its_context_alone(kms: AwsKms) -> None:
    mine = WrapContext("user", b"k" * 16)
    wrapped = kms.wrap(DEK, mine)
    assert kms.unwrap(wrapped, kms.current, mine) == DEK
    for other in (WrapContext("other", b"k" * 16), WrapContext("user", b"l" * 16)):
        with pytest.raises(KekUnavailable, match="AWS KMS"):
            kms.unwrap(wrapped, kms.current, other)


def test_a_key_that_is_not_there_is_said(client: Any) -> None:  # noqa: ANN401 -- the same
    with pytest.raises(KekUnavailable, match="no such key"):
        AwsKms("0d990263-018e-4e65-a703-eff731de951e", lambda: client).wrap(
            DEK, WrapContext("user", b"k" * 16)
        )


def test_data_keys_move_to_aws_and_are_wrapped_anew_there(
    session: Session, keyring: Keyring, sealed: Sealer, kms: AwsKms
) -> None:
    place = sealed("main", "text")

    def opener(provider: KekProvider, may_make: Callable[[], bool]) -> Kek:
        return kms if provider == "aws-kms" else keyring.open_kek(provider, may_make)

    there = Keyring("aws-kms", opener, lambda: NOW)
    moved = replace(session, keyring=lambda: there)
    assert keys.wrap_anew(moved).rewrapped == 1
    assert keys.wrap_anew(moved).rewrapped == 1
    [row] = keys.status(moved).deks
    assert (row.kek_provider, row.kek_id) == ("aws-kms", kms.current)
    fresh = Keyring("aws-kms", opener, lambda: NOW)
    assert open_secret(fresh, session.connection, place).reveal() == "text"
    with session.connection.transaction():
        seal_secret(fresh, session.connection, place, Secret("new"))
    assert open_secret(fresh, session.connection, place).reveal() == "new"


def test_no_recovery_file_is_made_of_a_key_that_never_leaves(
    session: Session, kms: AwsKms, tmp_path: Path
) -> None:
    there = Keyring("aws-kms", lambda *_: kms, lambda: NOW)
    session = replace(session, keyring=lambda: there)
    keys.replace_data_key(session)
    with pytest.raises(Refused, match="never gives its key away"):
        keys.export_recovery(session, tmp_path / "kit", Secret("correct horse battery"))
    assert not (tmp_path / "kit").exists()
    assert keys.status(session).recoverable
