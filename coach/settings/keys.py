"""The settings that a file may carry, with their variables, defaults and checks."""

from collections.abc import Callable

from coach.errors import Invalid
from coach.model.market import FREE_SOURCES
from coach.settings import DEFAULT_ZONE
from coach.settings.checks import (
    check_address_limit,
    check_event_months,
    check_features,
    check_folder,
    check_kek_provider,
    check_objects,
    check_printable,
    check_proxies,
    check_public_names,
    check_recipients,
    check_redis,
    check_request_limit,
    check_run_months,
    check_sources,
    check_switch,
    check_sync_switch,
    check_url,
    check_user,
    check_zone,
)
from coach.settings.comfort import check_healthcheck
from coach.settings.engine_service import (
    check_engine_deadline,
    check_engine_fallback,
    check_engine_keys,
    check_engine_pki,
    check_engine_url,
)
from coach.settings.language_model import check_model_name, check_model_tokens, check_model_url
from coach.settings.provider import (
    COINBASE_LOGIN,
    check_client_id,
    check_coinbase_client,
    check_issuer,
    check_login_url,
)
from coach.values import dataclass

DEFAULT_USER = "local"
OF_A_USER = ("tone", "persona")
"""Settings that are kept with a user alone: no file and no variable carries them."""


@dataclass(frozen=True, slots=True)
class Key:
    """A setting that a file may carry: its variable, its default, its check.

    In the file one that names `several` things may be a list of texts, too.
    """

    name: str
    variable: str
    default: str
    check: Callable[[str, str], None]
    several: bool = False


KEYS = (
    Key("database_url", "COACH_DATABASE_URL", "", check_url),
    Key("redis_url", "COACH_REDIS_URL", "", check_redis),
    Key("object_store", "COACH_OBJECT_STORE", "", check_objects),
    Key("zone", "COACH_ZONE", DEFAULT_ZONE, check_zone),
    Key("user", "COACH_USER", DEFAULT_USER, check_user),
    Key("candle_sources", "COACH_CANDLE_SOURCES", ",".join(FREE_SOURCES), check_sources, True),
    Key("features", "COACH_FEATURES", "", check_features, True),
    Key("candles_auto", "COACH_CANDLES_AUTO", "off", check_switch),
    Key("sync_auto", "COACH_SYNC_AUTO", "on", check_sync_switch),
    Key("event_retention", "COACH_EVENT_RETENTION", "24", check_event_months),
    Key("run_retention", "COACH_RUN_RETENTION", "12", check_run_months),
    Key("request_limit", "COACH_REQUEST_LIMIT", "12000", check_request_limit),
    Key("address_limit", "COACH_ADDRESS_LIMIT", "24000", check_address_limit),
    Key("public_names", "COACH_PUBLIC_NAMES", "", check_public_names, True),
    Key("trusted_proxies", "COACH_TRUSTED_PROXIES", "", check_proxies, True),
    Key("oidc_issuer", "COACH_OIDC_ISSUER", "", check_issuer),
    Key("oidc_client_id", "COACH_OIDC_CLIENT_ID", "", check_client_id),
    Key("coinbase_client_id", "COACH_COINBASE_CLIENT_ID", "", check_coinbase_client),
    Key("coinbase_login_url", "COACH_COINBASE_LOGIN_URL", COINBASE_LOGIN, check_login_url),
    Key("model_url", "COACH_MODEL_URL", "", check_model_url),
    Key("model_name", "COACH_MODEL_NAME", "", check_model_name),
    Key("model_tokens", "COACH_MODEL_TOKENS", "50000", check_model_tokens),
    Key("backup_folder", "COACH_BACKUP_FOLDER", "", check_folder),
    Key("backup_recipients", "COACH_BACKUP_RECIPIENTS", "", check_recipients, True),
    Key("healthcheck_url", "COACH_HEALTHCHECK_URL", "", check_healthcheck),
    Key("engine_url", "COACH_ENGINE_URL", "", check_engine_url),
    Key("engine_keys", "COACH_ENGINE_KEYS", "", check_engine_keys),
    Key("engine_pki", "COACH_ENGINE_PKI", "", check_engine_pki),
    Key("engine_deadline", "COACH_ENGINE_DEADLINE", "120", check_engine_deadline),
    Key("engine_fallback", "COACH_ENGINE_FALLBACK", "off", check_engine_fallback),
    Key("kek_provider", "COACH_KEK_PROVIDER", "age-file", check_kek_provider),
    Key("kek_aws_key", "COACH_KEK_AWS_KEY", "", check_printable),
)


def nearest(name: str) -> str:
    """Return a hint: the setting that was probably meant, else all there are."""
    from difflib import get_close_matches

    names = [*(key.name for key in KEYS), *OF_A_USER]
    close = get_close_matches(name, names, n=1)
    return f"did you mean {close[0]}?" if close else f"settings are {', '.join(names)}"


def key_named(name: str) -> Key:
    """Return the setting of that name; Invalid where there is none."""
    for key in KEYS:
        if key.name == name:
            return key
    raise Invalid("setting", f"not {name!r}", "a setting that a file keeps", hint=nearest(name))
