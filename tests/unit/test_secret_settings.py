"""Secrets that something else hands over: by a file, by a command, by a sealed file."""

import time
from pathlib import Path

import pytest

from coach.errors import ConfigError
from coach.settings import read_secrets_editor
from coach.settings.commands import output_of
from coach.settings.reading import read, read_broker_key
from coach.settings.secrets import SECRETS, for_children, ways_of
from coach.settings.values import Settings
from coach.sops.formats import read_document
from coach.sops.sealing import seal_new
from tests import clock

ROOT = Path(__file__).parents[2]
URL = "postgresql://me:canary@db/coach"
PATH = {"PATH": "/usr/bin:/bin"}


def settings(home: Path, written: str = "", **environment: str) -> Settings:
    if written:
        (home / "config").mkdir()
        (home / "config" / "config.toml").write_text(written)
    return read({"COACH_HOME": str(home), **PATH, **environment}, {})


def private(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def sealed(folder: Path, text: str, name: str = "my.env") -> dict[str, str]:
    """Seal settings for a new key; return the environment that names both."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    document = read_document(text, name)
    made = seal_new(document, [str(identity.to_public())], clock.now())
    place = private(folder / name, made.text)
    return {"COACH_SECRETS_FILE": place, "SOPS_AGE_KEY": str(identity)}


def shown(found: Settings, name: str) -> tuple[str, str]:
    return next((made.value, made.origin) for made in found.origins if made.name == name)


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    found = settings(tmp_path, COACH_DATABASE_URL_FILE=private(tmp_path / "url", f"{URL}\n"))
    assert found.database_url == URL
    assert shown(found, "database_url") == ("***", "env COACH_DATABASE_URL_FILE")


def test_a_secret_comes_from_a_command(tmp_path: Path) -> None:
    found = settings(tmp_path, COACH_DATABASE_URL_COMMAND=f"printf '{URL}\\nmore' | head -n 1")
    assert found.database_url == URL
    assert shown(found, "database_url") == ("***", "env COACH_DATABASE_URL_COMMAND")


@pytest.mark.parametrize("way", ["", "_FILE", "_COMMAND"])
def test_every_secret_is_handed_over_in_every_way(tmp_path: Path, way: str) -> None:
    """The wishes name every vendor and a bucket, so that each key is asked for."""
    text = {"COACH_DATABASE_URL": URL, "COACH_REDIS_URL": "redis://:canary@h/0"}
    environment = {
        "COACH_OBJECT_STORE": "s3://bars",
        "COACH_CANDLE_SOURCES": "coinapi,alphavantage",
    }
    for variable in SECRETS:
        value = text.get(variable, f"canary of {variable}")
        held = {
            "": value,
            "_FILE": private(tmp_path / variable, value),
            "_COMMAND": f"cat '{tmp_path / variable}'",
        }[way]
        environment[f"{variable}{way}"] = held
    found = settings(tmp_path, **environment)
    assert (found.database_url, found.redis_url) == tuple(text.values())
    assert found.object_keys[1] == "canary of AWS_SECRET_ACCESS_KEY"
    assert found.candles.keys["coinapi"].reveal() == "canary of COACH_COINAPI_KEY"
    assert read_broker_key("coinbase", environment | PATH) == "canary of COACH_COINBASE_KEY"
    assert found.kek.passphrase().reveal() == "canary of COACH_KEK_PASSPHRASE"
    assert "canary" not in repr(found)
    assert not [one for one in found.origins if "canary of" in one.value]


def test_two_ways_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="COACH_REDIS_URL_FILE is set, too"):
        settings(tmp_path, COACH_REDIS_URL="redis://h", COACH_REDIS_URL_FILE="f")


def test_a_key_that_nobody_needs_is_not_fetched(tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    found = settings(
        tmp_path,
        COACH_COINAPI_KEY_COMMAND=f"touch {witness}; echo key",
        AWS_SECRET_ACCESS_KEY_COMMAND=f"touch {witness}; echo key",
    )
    assert not witness.exists()
    assert shown(found, "coinapi_key") == ("***", "env COACH_COINAPI_KEY_COMMAND")


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o620, 0o666])
def test_a_secret_file_that_is_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    file = Path(private(tmp_path / "url", URL))
    file.chmod(mode)
    with pytest.raises(ConfigError, match=f"open to others than you .mode 0{mode:o}") as refused:
        settings(tmp_path, COACH_DATABASE_URL_FILE=str(file))
    assert refused.value.hint == f"chmod 600 {file}"


@pytest.mark.parametrize("mode", [0o400, 0o440, 0o600, 0o640])
def test_a_group_may_read_a_secret_file(tmp_path: Path, mode: int) -> None:
    file = Path(private(tmp_path / "url", URL))
    file.chmod(mode)
    assert settings(tmp_path, COACH_DATABASE_URL_FILE=str(file)).database_url == URL


@pytest.mark.parametrize(
    ("way", "held", "told"),
    [
        ("_FILE", "/nowhere/at/all", "cannot be read: No such file"),
        ("_FILE", "/", "cannot be read: Is a directory"),
        ("_FILE", "/dev/null", "open to others"),
        ("_COMMAND", "true", "holds nothing"),
        ("_COMMAND", "echo canary >&2; exit 3", "ended with exit code 3"),
        ("_COMMAND", "no-such-program canary", "ended with exit code 127"),
        ("_COMMAND", "kill -9 $$; echo canary", "ended with exit code -9"),
        ("_COMMAND", "printf 'canary\\377'", "something else than text"),
        ("_COMMAND", "yes canary", "more than 1 MB"),
        ("_COMMAND", "echo canary; 'unended", "ended with exit code 2"),
    ],
)
def test_a_secret_that_cannot_be_had_is_named_by_its_variable_and_not_quoted(
    tmp_path: Path, way: str, held: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=told) as refused:
        settings(tmp_path, **{f"COACH_DATABASE_URL{way}": held})
    assert f"COACH_DATABASE_URL{way}" in str(refused.value)
    assert "canary" not in str(refused.value) + refused.value.hint


def test_a_command_that_takes_too_long_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    command = f"sleep 600 & echo $! > {tmp_path}/number; sleep 600"
    with pytest.raises(ConfigError, match=r"not done after 0\.5 s"):
        output_of("X_COMMAND", command, PATH, seconds=0.5)
    state = Path("/proc", (tmp_path / "number").read_text().strip(), "stat")
    until = time.monotonic() + 60
    while state.exists() and ") Z " not in state.read_text() and time.monotonic() < until:
        time.sleep(0.01)
    assert time.monotonic() < until


def test_a_command_that_closes_its_output_and_goes_on_is_stopped() -> None:
    with pytest.raises(ConfigError, match=r"not done after 0\.2 s"):
        output_of("X_COMMAND", "echo x; exec >&-; sleep 60", PATH, seconds=0.2)


def test_a_command_finds_no_secret_of_coach_in_its_environment(tmp_path: Path) -> None:
    """A command may need the keys of a cloud, and keeps those."""
    secrets = {name: "canary" for name in SECRETS if name.startswith("COACH_")}
    environment = {**PATH, **secrets, "SOPS_AGE_KEY": "canary", "AWS_SECRET_ACCESS_KEY": "cloud"}
    del environment["COACH_DATABASE_URL"]
    command = f"env > {tmp_path}/environment; echo {URL}"
    environment |= {"COACH_HOME": str(tmp_path), "COACH_DATABASE_URL_COMMAND": command}
    environment["COACH_REDIS_URL"] = "redis://:canary@h/0"
    assert read(environment, {}).database_url == URL
    inherited = (tmp_path / "environment").read_text()
    assert "canary" not in inherited
    assert "AWS_SECRET_ACCESS_KEY=cloud" in inherited


def test_an_editor_finds_none_at_all() -> None:
    environment = dict.fromkeys(SECRETS, "canary") | {"SOPS_AGE_KEY": "canary", "EDITOR": "ed"}
    assert read_secrets_editor(environment).command == "ed"
    assert for_children(environment, keep_bucket_keys=False) == {"EDITOR": "ed"}


def test_a_sealed_file_beats_the_config_file_and_not_the_environment(tmp_path: Path) -> None:
    named = sealed(tmp_path, "COACH_ZONE=Asia/Tokyo\nCOACH_USER=ann\n")
    found = settings(tmp_path, 'user = "ben"\nzone = "UTC"\n', COACH_ZONE="Europe/Berlin", **named)
    assert shown(found, "zone") == ("Europe/Berlin", "env COACH_ZONE")
    assert shown(found, "user") == ("ann", f"secrets file {tmp_path}/my.env")
    assert shown(found, "secrets_file") == (f"{tmp_path}/my.env", "env COACH_SECRETS_FILE")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("my.env", f"COACH_DATABASE_URL={URL}\nCOACH_COINAPI_KEY=canary\n"),
        ("my.yaml", f"COACH_DATABASE_URL: {URL}\nCOACH_COINAPI_KEY: canary\n"),
        ("my.json", f'{{"COACH_DATABASE_URL": "{URL}", "COACH_COINAPI_KEY": "canary"}}'),
    ],
)
def test_settings_come_from_a_sealed_file_of_each_format(
    tmp_path: Path, name: str, text: str
) -> None:
    named = sealed(tmp_path, text, name)
    found = settings(tmp_path, COACH_CANDLE_SOURCES="coinapi", **named)
    assert found.database_url == URL
    assert found.candles.keys["coinapi"].reveal() == "canary"
    assert shown(found, "database_url") == ("***", f"secrets file {tmp_path}/{name}")
    assert "canary" not in repr(found) + repr(found.origins)


def test_a_variable_that_hands_a_secret_over_beats_the_sealed_file(tmp_path: Path) -> None:
    named = sealed(tmp_path, "COACH_REDIS_URL=redis://sealed\n")
    found = settings(tmp_path, COACH_REDIS_URL_COMMAND="echo redis://printed", **named)
    assert found.redis_url == "redis://printed"


@pytest.mark.parametrize(
    ("text", "told", "hint"),
    [
        (
            "COACH_DATABASE_ULR=x\n",
            "COACH_DATABASE_ULR: unknown",
            "did you mean COACH_DATABASE_URL",
        ),
        ("COACH_HOME=/x\n", "COACH_HOME: unknown", ""),
        ("COACH_REDIS_URL_COMMAND=x\n", "COACH_REDIS_URL_COMMAND: unknown", "COACH_REDIS_URL"),
        ("PATH=/x\n", "PATH: unknown", "it takes COACH_DATABASE_URL"),
        ("COACH_ZONE=Mars/Base\n", "no time zone", ""),
    ],
)
def test_a_sealed_file_takes_the_settings_that_there_are(
    tmp_path: Path, text: str, told: str, hint: str
) -> None:
    named = sealed(tmp_path, text)
    with pytest.raises(ConfigError, match=told) as refused:
        settings(tmp_path, **named)
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    "text",
    ["COACH_ZONE: [UTC]\n", "inner:\n  COACH_ZONE: UTC\n", "COACH_ZONE:\n  - UTC\n  - UTC\n"],
)
def test_settings_stand_on_the_outermost_level(tmp_path: Path, text: str) -> None:
    if "[" in text:
        text = text.replace("[UTC]", "\n  - UTC\n  - Asia/Tokyo")
    with pytest.raises(ConfigError):
        settings(tmp_path, **sealed(tmp_path, text, "my.yaml"))


@pytest.mark.parametrize("trouble", ["absent", "changed", "plain", "everybody", "no key"])
def test_a_sealed_file_that_cannot_be_trusted_sets_nothing(tmp_path: Path, trouble: str) -> None:
    named = sealed(tmp_path, "COACH_DATABASE_URL=postgresql://canary\nCOACH_USER=ann\n")
    file = Path(named["COACH_SECRETS_FILE"])
    if trouble == "absent":
        file.unlink()
    elif trouble == "changed":
        file.write_text(file.read_text().replace("COACH_USER=", "COACH_ZONE="))
    elif trouble == "plain":
        file.write_text("COACH_USER=canary\n")
    elif trouble == "everybody":
        file.chmod(0o606)
    else:
        named["SOPS_AGE_KEY"] = ""
    with pytest.raises(ConfigError, match="secrets_file") as refused:
        settings(tmp_path, **{**named, "HOME": str(tmp_path)})
    assert "canary" not in str(refused.value)


def test_an_empty_variable_names_no_sealed_file(tmp_path: Path) -> None:
    assert settings(tmp_path, COACH_SECRETS_FILE="").database_url == ""


@pytest.mark.parametrize("name", ["coach.env.example", "coach.yaml.example", "coach.json.example"])
def test_each_template_names_every_secret_and_no_value(name: str) -> None:
    document = read_document((ROOT / "sops" / name).read_text(), name)
    reasons = " ".join(fault.reason for fault in document.faults)
    assert [variable for variable in SECRETS if f"'{variable}' is empty" not in reasons] == []
    assert len(document.faults) == len(SECRETS)


def test_the_page_names_every_secret() -> None:
    page = (ROOT / "docs" / "keys.md").read_text()
    assert [variable for variable in SECRETS if f"`{variable}`" not in page] == []
    assert list(ways_of("NAME")) == ["NAME", "NAME_FILE", "NAME_COMMAND"]
