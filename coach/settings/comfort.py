"""Settings of a scheduled coach, and of a reader who cannot see the screen, checked."""

from coach.errors import ConfigError
from coach.model.people.provider import is_safe_url


def check_healthcheck(value: str, origin: str) -> None:
    """Raise ConfigError unless `value` is an https address, or one of this machine."""
    if value and not is_safe_url(value.replace("{job}", "job")):
        what = f"must be an https address without a question mark ({origin})"
        hint = "https://hc-ping.com/UUID; {job} in it stands for the name of the job"
        raise ConfigError(name="healthcheck_url", what=what, hint=hint)
