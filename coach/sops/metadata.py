"""What a file says about its own sealing: who can open it, when, which values, and the MAC."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from coach.errors import TamperedSecrets, UnsupportedSecrets
from coach.sops.document import KeyPath, RawMetadata

UNENCRYPTED_SUFFIX: Final = "unencrypted_suffix"
DEFAULT_RULE: Final = (UNENCRYPTED_SUFFIX, "_unencrypted")
WRITTEN_VERSION: Final = "3.10.2"
"""The version of sops whose files ours are like, byte for byte."""
RULES: Final = (UNENCRYPTED_SUFFIX, "encrypted_suffix", "unencrypted_regex", "encrypted_regex")
COMMENT_RULES: Final = ("unencrypted_comment_regex", "encrypted_comment_regex")
SHAMIR: Final = ("shamir_threshold", "key_groups")
SERVICES: Final[Mapping[str, str]] = {
    "kms": "AWS KMS",
    "gcp_kms": "Google Cloud KMS",
    "azure_kv": "Azure Key Vault",
    "hc_vault": "HashiCorp Vault",
    "hckms": "Huawei Cloud KMS",
    "pgp": "PGP",
}
OWN: Final = ("age", "lastmodified", "mac", "mac_only_encrypted", "version")
KNOWN: Final = frozenset((*RULES, *COMMENT_RULES, *SHAMIR, *SERVICES, *OWN))
EMPTY_IN_OLD_FILES: Final = ("kms", "gcp_kms", "azure_kv", "hc_vault", "age", "pgp")
"""The lists that versions of sops before 3.10 wrote although they were empty."""
STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """The data key, sealed for one age recipient; armored."""

    recipient: str
    sealed: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata of a file that coach can open.

    `rule` says which values are sealed: one of RULES and its pattern. `services` are other things
    than age that can open the file, by name.
    """

    keys: tuple[WrappedKey, ...]
    modified: str
    mac: str = ""
    rule: tuple[str, str] = DEFAULT_RULE
    mac_only_encrypted: bool = False
    version: str = WRITTEN_VERSION
    services: tuple[str, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """Who can open the file by age."""
        return tuple(key.recipient for key in self.keys)

    def seals(self, path: KeyPath) -> bool:
        """Say whether the value at a path is to be sealed: the rule may match any of its names."""
        name, pattern = self.rule
        if name.endswith("suffix"):
            matched = any(part.endswith(pattern) for part in path)
        else:
            matched = any(re.search(pattern, part) for part in path)
        return matched != name.startswith("un")

    def raw(self) -> RawMetadata:
        """Return it as a file holds it, in the order of sops; `mac_only_encrypted` only if so."""
        keys = [{"recipient": key.recipient, "enc": key.sealed} for key in self.keys]
        only = {"mac_only_encrypted": "true"} if self.mac_only_encrypted else {}
        head: dict[str, str | list[dict[str, str]]] = {
            "age": keys,
            "lastmodified": self.modified,
            "mac": self.mac,
        }
        return head | {self.rule[0]: self.rule[1]} | only | {"version": self.version}


def read_metadata(raw: RawMetadata, label: str) -> Metadata:
    """Return the metadata of a file; what coach does not support is refused by its name."""
    stated = {name for name, value in raw.items() if value not in ("", [])}
    _refuse_unsupported(raw, stated, label)
    for name in ("lastmodified", "mac"):
        if name not in stated:
            raise TamperedSecrets(file=label, what=f"its {name} is missing")
    modified = _text(raw, "lastmodified")
    if not STAMP.fullmatch(modified):
        raise TamperedSecrets(file=label, what="its lastmodified is not a time")
    return Metadata(
        keys=_wrapped_keys(raw["age"], label),
        modified=modified,
        mac=_text(raw, "mac"),
        rule=_rule(raw, stated, label),
        mac_only_encrypted=_text(raw, "mac_only_encrypted").lower() == "true",
        version=_text(raw, "version"),
        services=tuple(SERVICES[name] for name in SERVICES if name in stated),
    )


def _refuse_unsupported(raw: RawMetadata, stated: set[str], label: str) -> None:
    if unknown := sorted(stated - KNOWN):
        raise UnsupportedSecrets(file=label, what=f"the sops field {unknown[0]!r}")
    if "key_groups" in stated or _text(raw, "shamir_threshold") not in {"", "0"}:
        raise UnsupportedSecrets(file=label, what="key groups (Shamir's secret sharing)")
    if "age" not in stated:
        services = [SERVICES[name] for name in SERVICES if name in stated]
        if services:
            raise UnsupportedSecrets(file=label, what=f"{' and '.join(services)} recipients")
        raise TamperedSecrets(file=label, what="it names no recipient")
    for name in COMMENT_RULES:
        if name in stated:
            raise UnsupportedSecrets(file=label, what=f"rules by comments ({name})")


def _rule(raw: RawMetadata, stated: set[str], label: str) -> tuple[str, str]:
    rules = [(name, _text(raw, name)) for name in RULES if name in stated]
    if len(rules) > 1:
        names = " and ".join(name for name, _ in rules)
        raise TamperedSecrets(file=label, what=f"it has two rules for what is sealed: {names}")
    if not rules:
        return DEFAULT_RULE
    name, pattern = rules[0]
    if name.endswith("regex"):
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError):
            raise UnsupportedSecrets(file=label, what=f"the pattern of its {name}") from None
    return name, pattern


def _wrapped_keys(entries: str | list[dict[str, str]], label: str) -> tuple[WrappedKey, ...]:
    if isinstance(entries, str) or not all({"recipient", "enc"} <= set(one) for one in entries):
        raise TamperedSecrets(file=label, what="its list of age recipients is damaged")
    return tuple(WrappedKey(one["recipient"], one["enc"]) for one in entries)


def _text(raw: RawMetadata, name: str) -> str:
    value = raw.get(name, "")
    return value if isinstance(value, str) else ""
