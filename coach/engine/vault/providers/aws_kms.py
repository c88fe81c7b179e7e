"""AWS KMS: each data key is wrapped by a key that never leaves the service (`coach[aws]`).

Tenant and data key are the encryption context: KMS refuses a wrapped key that was moved, and its
log says whose key was opened. Credentials and region come from where AWS's own tools look.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from coach.engine.vault.ring import WrapContext
from coach.engine.vault.seal import KEY_BYTES
from coach.errors import KekUnavailable
from coach.model.machine.keys import KekProvider

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 5
ATTEMPTS = 3
REASONS = {
    "AccessDeniedException": "AWS does not let these credentials use the key",
    "DisabledException": "the key is disabled",
    "IncorrectKeyException": "the data key was wrapped by another key",
    "InvalidCiphertextException": "a data key was changed, or moved here from elsewhere",
    "KMSInvalidStateException": "the key waits to be deleted, or is disabled",
    "NotFoundException": "there is no such key",
}
HOW_TO = "see the key's state and policy in AWS, and that this machine has credentials and a region"


@dataclass
class AwsKms:
    """A key of AWS KMS, by its id, ARN or alias."""

    key: str
    make_client: "Callable[[], Any]"
    provider: ClassVar[KekProvider] = "aws-kms"

    @cached_property
    def current(self) -> str:
        """Return the ARN of the key: an alias may move to another one."""
        with _explained():
            arn: str = self._client.describe_key(KeyId=self.key)["KeyMetadata"]["Arn"]
        return arn

    def wrap(self, dek: bytes | bytearray, context: WrapContext) -> bytes:
        """Return a data key wrapped by the service."""
        with _explained():
            answer = self._client.encrypt(
                KeyId=self.current, Plaintext=bytes(dek), EncryptionContext=_bound(context)
            )
        wrapped: bytes = answer["CiphertextBlob"]
        return wrapped

    def unwrap(self, wrapped: bytes, by: str, context: WrapContext) -> bytearray:
        """Return a data key; the service is told which key to use and refuses any other."""
        with _explained():
            answer = self._client.decrypt(
                KeyId=by, CiphertextBlob=wrapped, EncryptionContext=_bound(context)
            )
        if answer.get("KeyId") != by or len(answer["Plaintext"]) != KEY_BYTES:
            raise KekUnavailable(HOW_TO, what="AWS KMS answered with another key")
        return bytearray(answer["Plaintext"])

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 -- boto3 makes its classes as it runs
        return self.make_client()


def client(endpoint: str = "") -> Any:  # noqa: ANN401 -- boto3 makes its classes as it runs
    """Return a client of KMS; KekUnavailable where boto3 is not installed."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        hint = "pip install 'coach[aws]', or choose another COACH_KEK_PROVIDER"
        raise KekUnavailable(hint, what="the package boto3 is not installed") from None
    retries = {"mode": "standard", "total_max_attempts": ATTEMPTS}
    limits = Config(connect_timeout=PATIENCE_S, read_timeout=PATIENCE_S, retries=retries)
    with _explained():
        return boto3.client("kms", endpoint_url=endpoint or None, config=limits)


def _bound(context: WrapContext) -> dict[str, str]:
    return {
        "tenant": context.tenant,
        "dek_id": context.dek_id.hex(),
        "purpose": context.purpose,
    }


@contextmanager
def _explained() -> Iterator[None]:
    """Say why KMS did not answer; what it quotes of the request is not repeated."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as trouble:
        code = trouble.response.get("Error", {}).get("Code", "")
        what = f"AWS KMS: {REASONS.get(code, code or 'it refuses')}"
        raise KekUnavailable(HOW_TO, what=what) from None
    except BotoCoreError as trouble:
        raise KekUnavailable(HOW_TO, what=f"AWS KMS: {type(trouble).__name__}") from None
