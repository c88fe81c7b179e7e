"""Which provider is meant: each is imported when it is asked for."""

from collections.abc import Callable
from typing import assert_never

from coach.engine.vault.kek import Kek, RingPlace, open_ring
from coach.engine.vault.memory import close_process
from coach.errors import ConfigError
from coach.model.machine.keys import KekProvider, KekWishes
from coach.model.machine.own_process import is_own_process


def open_kek(wishes: KekWishes, provider: KekProvider, may_make: Callable[[], bool]) -> Kek:
    """Open a provider's key of keys; a process of our own is closed to others before.

    KekUnavailable where it cannot be had just now, ConfigError where a setting is missing.
    """
    if is_own_process():
        close_process()
    if provider == "aws-kms":
        return _aws(wishes.aws_key)
    return open_ring(ring_place(wishes, provider), wishes.folder, may_make)


def ring_place(wishes: KekWishes, provider: KekProvider) -> RingPlace:
    """Return where a provider's ring lies; ConfigError for AWS KMS, which has none."""
    match provider:
        case "age-file":
            from coach.engine.vault.providers.age_file import AgeFile

            return AgeFile(wishes.folder / "kek.age", wishes.identity_file)
        case "passphrase":
            from coach.engine.vault.providers.passphrase import PassphraseFile

            file = wishes.folder / "kek-passphrase.age"
            return PassphraseFile(file, wishes.passphrase)
        case "systemd":
            from coach.engine.vault.providers.systemd import SystemdCredential

            return SystemdCredential(wishes.credentials)
        case "keyring":
            from coach.engine.vault.providers.os_keyring import OsKeyring

            return OsKeyring(wishes.entry)
        case "aws-kms":
            raise ConfigError(name="kek_provider", what="AWS KMS keeps its keys to itself")
        case _:
            assert_never(provider)


def _aws(key: str) -> Kek:
    from coach.engine.vault.providers.aws_kms import AwsKms, client

    if not key:
        hint = "the id, ARN or alias of a symmetric key: COACH_KEK_AWS_KEY=alias/coach"
        raise ConfigError(name="kek_aws_key", what="AWS KMS needs to know which key", hint=hint)
    return AwsKms(key, client)
