"""What the user decided, and who said so: environment > secrets file > config file > default.

Two flags stand beside: --home says where all of it is, --zone how one answer shows its times.
Everything here is text until it is checked, and a setting keeps its origin so that
`coach config list --show-origin` can answer "who set this".
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from coach.model.machine.backups import BackupWishes
from coach.model.machine.broker_clients import BrokerClient
from coach.model.machine.engine_service import EngineWishes
from coach.model.machine.home import Home
from coach.model.machine.secrets import Secret
from coach.model.market import VENDORS, SourceWishes
from coach.model.people.provider import ProviderWishes
from coach.model.reflections.language_model import ModelWishes
from coach.settings import process_environment, read_terminal
from coach.settings.checks import FOREVER, check_zone, feature_names, source_names
from coach.settings.engine_service import check_engine_pair
from coach.settings.file import CONFIG_FILE, read_file
from coach.settings.folders import find_home
from coach.settings.kek import read_kek
from coach.settings.keys import KEYS
from coach.settings.secrets import (
    BROKER_KEYS,
    BUCKET_KEYS,
    CLIENT_SECRETS,
    MODEL_KEY,
    OIDC_CLIENT_SECRET,
    SECRETS,
    VENDOR_KEYS,
)
from coach.settings.secrets_file import read_sealed_settings
from coach.settings.sources import Sources, listed
from coach.settings.values import NO_ZONE, Setting, Settings

BUCKET = "s3://"
NO_KEYS = ("", "", "")
KNOWN_VARIABLES = tuple(dict.fromkeys((*(key.variable for key in KEYS), *SECRETS)))
"""What a sealed file may set."""


def read(environment: Mapping[str, str], given: Mapping[str, Setting]) -> Settings:
    """Read every setting once; raise ConfigError for one that makes no sense.

    `given` are the home and the zone of one answer, as this call names them; empty is none.
    """
    home, home_origin = find_home(environment, given)
    sources = Sources(
        environment,
        read_sealed_settings(environment, KNOWN_VARIABLES),
        read_file(home.config / CONFIG_FILE),
    )
    chosen = {key.name: sources.choose(key) for key in KEYS}
    store = chosen["object_store"].value
    return Settings(
        home=home,
        database_url=chosen["database_url"].value,
        redis_url=chosen["redis_url"].value,
        object_store=store,
        object_keys=_object_keys(sources) if store.startswith(BUCKET) else NO_KEYS,
        zone=chosen["zone"].value,
        shown_zone=_shown_zone(given),
        user=chosen["user"].value,
        candles=_candles(chosen, sources),
        event_months=_months(chosen["event_retention"].value),
        run_months=_months(chosen["run_retention"].value),
        request_limit=int(chosen["request_limit"].value),
        address_limit=int(chosen["address_limit"].value),
        public_names=chosen["public_names"].value,
        trusted_proxies=chosen["trusted_proxies"].value,
        sync_auto=chosen["sync_auto"].value == "on",
        features=feature_names(chosen["features"].value),
        kek=read_kek(sources, home, chosen["kek_provider"].value, chosen["kek_aws_key"].value),
        oidc=_provider(chosen, sources),
        broker_clients=_broker_clients(chosen, sources),
        model=_model(chosen, sources),
        backup=_backup(chosen, home),
        engine=_engine(chosen, home),
        terminal=read_terminal(environment),
        origins=(home_origin, *sources.list_keys(), *map(listed, chosen.values())),
    )


def _shown_zone(given: Mapping[str, Setting]) -> str:
    """Return the zone of one answer; a known one, or none."""
    zone = given.get("zone", NO_ZONE)
    if zone.value:
        check_zone(zone.value, zone.origin)
    return zone.value


def from_process(given: Mapping[str, Setting]) -> Settings:
    """Read the settings of this process."""
    return read(dict(process_environment()), given)


def read_broker_key(broker: str, environment: Mapping[str, str]) -> str:
    """Return the key of a broker that was handed over, empty where there is none."""
    sources = Sources(environment, read_sealed_settings(environment, KNOWN_VARIABLES), {})
    return sources.secret(BROKER_KEYS[broker]).value


def _object_keys(sources: Sources) -> tuple[str, str, str]:
    """Return what a bucket asks for."""
    key, secret, token = (sources.secret(variable).value for variable in BUCKET_KEYS)
    return key, secret, token


def _candles(chosen: Mapping[str, Setting], sources: Sources) -> SourceWishes:
    enabled = source_names(chosen["candle_sources"].value)
    wanted = {name: VENDOR_KEYS[name] for name in VENDORS if name in enabled}
    keys = {name: Secret(sources.secret(variable).value) for name, variable in wanted.items()}
    return SourceWishes(enabled, chosen["candles_auto"].value == "on", keys)


def _provider(chosen: Mapping[str, Setting], sources: Sources) -> ProviderWishes:
    """Return the provider of sign-ins; its secret is fetched when it is needed."""
    return ProviderWishes(
        chosen["oidc_issuer"].value,
        chosen["oidc_client_id"].value,
        partial(_client_secret, sources, OIDC_CLIENT_SECRET),
    )


def _broker_clients(chosen: Mapping[str, Setting], sources: Sources) -> dict[str, BrokerClient]:
    """Return what coach is registered as; a secret is fetched when it is needed."""
    return {
        broker: BrokerClient(
            chosen[f"{broker}_client_id"].value,
            chosen[f"{broker}_login_url"].value.rstrip("/"),
            partial(_client_secret, sources, variable),
        )
        for broker, variable in CLIENT_SECRETS.items()
    }


def _client_secret(sources: Sources, variable: str) -> Secret:
    return Secret(sources.secret(variable).value)


def _model(chosen: Mapping[str, Setting], sources: Sources) -> ModelWishes:
    """Return the language model; its key is fetched when it is needed."""
    url, name = chosen["model_url"].value, chosen["model_name"].value
    tokens = int(chosen["model_tokens"].value)
    return ModelWishes(url, name, partial(_client_secret, sources, MODEL_KEY), tokens)


def _backup(chosen: Mapping[str, Setting], home: Home) -> BackupWishes:
    """Return where backups go, and for whom they are sealed."""
    named = chosen["backup_folder"].value
    folder = Path(named).expanduser() if named else home.data / "backups"
    return BackupWishes(folder, source_names(chosen["backup_recipients"].value))


def _engine(chosen: Mapping[str, Setting], home: Home) -> EngineWishes:
    """Return who does the heavy work, and by which keys it is asked."""
    named, pki = chosen["engine_keys"].value, chosen["engine_pki"].value
    check_engine_pair(chosen["engine_url"].value, pki)
    return EngineWishes(
        url=chosen["engine_url"].value,
        keys_file=Path(named).expanduser() if named else home.config / "engine-keys.json",
        deadline_s=int(chosen["engine_deadline"].value),
        fallback=chosen["engine_fallback"].value == "on",
        certificates=Path(pki).expanduser() if pki else home.config / "pki",
        by_certificate=bool(pki),
    )


def _months(value: str) -> int | None:
    return None if value == FOREVER else int(value)
