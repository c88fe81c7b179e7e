"""Who may have made a setting, beside flags: the environment, the sealed file, the config file."""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from coach.model.machine.secrets import HIDDEN
from coach.settings.keys import Key
from coach.settings.secrets import (
    BROKER_KEYS,
    BUCKET_KEYS,
    CLIENT_SECRETS,
    KEK_PASSPHRASE,
    MODEL_KEY,
    OIDC_CLIENT_SECRET,
    SECRETS,
    VENDOR_KEYS,
    handed_over,
)
from coach.settings.secrets_file import NAME, VARIABLE, SealedSettings
from coach.settings.values import Setting
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class Sources:
    """All of them; the environment beats the sealed file, and that the config file."""

    environment: Mapping[str, str] = field(repr=False)
    sealed: SealedSettings
    written: Mapping[str, Setting]

    def choose(self, key: Key) -> Setting:
        """Return a setting as whoever comes first made it; ConfigError where it makes no sense."""
        found = self._stated(key)
        if not found.value:
            found = self.written.get(key.name, found)
        if not found.value:
            return Setting(key.name, key.default, "default")
        key.check(found.value, found.origin)
        return found

    def secret(self, variable: str) -> Setting:
        """Return a secret, empty where nobody has it; only now is its file read or command run."""
        name = name_of(variable)
        if handed := handed_over(variable, self.environment):
            hidden = handed.variable != variable
            return Setting(name, handed.fetch(), handed.origin, hidden=hidden)
        sealed = self.sealed.values.get(variable, "").strip()
        return Setting(name, sealed, self.sealed.origin, hidden=True)

    def list_keys(self) -> Iterator[Setting]:
        """Yield the place of the sealed file, and who has each key; no key is fetched."""
        if self.sealed.place:
            yield Setting(NAME, self.sealed.place, f"env {VARIABLE}")
        keys = (*BROKER_KEYS.values(), *VENDOR_KEYS.values(), *BUCKET_KEYS)
        more = (KEK_PASSPHRASE, MODEL_KEY, OIDC_CLIENT_SECRET, *CLIENT_SECRETS.values())
        for variable in (*keys, *more):
            if handed := handed_over(variable, self.environment):
                yield Setting(name_of(variable), HIDDEN, handed.origin)
            elif variable in self.sealed.values:
                yield Setting(name_of(variable), HIDDEN, self.sealed.origin)

    def _stated(self, key: Key) -> Setting:
        if key.variable in SECRETS:
            return self.secret(key.variable)
        if value := self.environment.get(key.variable, ""):
            return Setting(key.name, value, f"env {key.variable}")
        return Setting(key.name, self.sealed.values.get(key.variable, ""), self.sealed.origin)


def name_of(variable: str) -> str:
    """Return the name of a secret setting."""
    return variable.lower().removeprefix("coach_")


def listed(setting: Setting) -> Setting:
    """Return a setting as it may be listed: what was handed over as a secret stays one."""
    return replace(setting, value=HIDDEN) if setting.hidden else setting
