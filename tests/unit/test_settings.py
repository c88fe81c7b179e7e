"""Settings: who wins, who is named, what is refused."""

from pathlib import Path

import pytest

from coach.errors import ConfigError, UsageError
from coach.settings import Settings, check_url, key_named, read, read_terminal, redact


def settings(home: Path, written: str = "", **environment: str) -> Settings:
    if written:
        (home / "config").mkdir()
        (home / "config" / "config.toml").write_text(written)
    return read({"COACH_HOME": str(home), **environment}, {})


def origin(found: Settings, name: str) -> tuple[str, str]:
    return next((made.value, made.origin) for made in found.origins if made.name == name)


def test_nothing_said_means_the_defaults(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.zone, found.database_url, found.user) == ("UTC", "", "local")
    assert origin(found, "zone") == ("UTC", "default")


def test_the_file_beats_the_default_and_is_named_with_its_line(tmp_path: Path) -> None:
    found = settings(tmp_path, '# mine\nzone = "Asia/Tokyo"\n')
    assert origin(found, "zone") == ("Asia/Tokyo", f"file {tmp_path}/config/config.toml:2")


def test_the_environment_beats_the_file(tmp_path: Path) -> None:
    found = settings(tmp_path, 'zone = "Asia/Tokyo"\n', COACH_ZONE="Europe/Berlin")
    assert origin(found, "zone") == ("Europe/Berlin", "env COACH_ZONE")


def test_a_flag_beats_the_environment(tmp_path: Path) -> None:
    said = {"COACH_HOME": str(tmp_path), "COACH_ZONE": "Europe/Berlin"}
    assert origin(read(said, {"zone": "Asia/Tokyo"}), "zone") == ("Asia/Tokyo", "flag --zone")


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    assert settings(tmp_path, 'zone = "Asia/Tokyo"\n', COACH_ZONE="").zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('zoen = "UTC"\n', ("setting zoen: unknown", "config.toml:1", "did you mean zone?")),
        (
            "\n\n[colours]\nloud = 1\n",
            ("setting colours: unknown", "config.toml:3", "settings are"),
        ),
        ("zone = 1\n", ("setting zone: must be text in quotes", "config.toml:1", "")),
        ('zone = "UTC\n', ("no TOML", "config.toml", "")),
        ('zone = "Europe/Berlni"\n', ("no time zone", "config.toml:1", "Europe/Berlin")),
        ('zone = "../../etc/passwd"\n', ("no time zone", "config.toml:1", "")),
        ('redis_url = "http://x"\n', ("must begin with redis://", "config.toml:1", "no Redis")),
        ('object_store = "gs://x"\n', ("begin with s3://", "config.toml:1", "s3://bucket")),
        ('database_url = "mysql://x"\n', ("must begin with postgresql://", "config.toml:1", "")),
        ('user = "two\\nlines"\n', ("must be one plain word", "config.toml:1", "")),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(
    tmp_path: Path, written: str, told: tuple[str, str, str]
) -> None:
    with pytest.raises(ConfigError) as refused:
        settings(tmp_path, written)
    what, where, hint = told
    assert what in str(refused.value)
    assert where in str(refused.value)
    assert hint in refused.value.hint


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        settings(tmp_path)


def test_one_folder_holds_everything(tmp_path: Path) -> None:
    home = settings(tmp_path).home
    assert {home.config, home.data, home.state, home.cache} == {
        tmp_path / name for name in ("config", "data", "state", "cache")
    }


def test_without_it_the_folders_are_where_xdg_puts_them() -> None:
    home = read(
        {"HOME": "/home/ada", "XDG_STATE_HOME": "/var/ada", "XDG_CACHE_HOME": "not/absolute"}, {}
    ).home
    assert [str(folder) for folder in (home.config, home.data, home.state, home.cache)] == [
        "/home/ada/.config/coach",
        "/home/ada/.local/share/coach",
        "/var/ada/coach",
        "/home/ada/.cache/coach",
    ]


def test_reading_settings_makes_no_folder(tmp_path: Path) -> None:
    settings(tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("environment", "color", "width"),
    [
        ({}, True, 0),
        ({"NO_COLOR": "1"}, False, 0),
        ({"NO_COLOR": ""}, True, 0),
        ({"TERM": "dumb", "COLUMNS": "40"}, False, 40),
        ({"COLUMNS": "wide"}, True, 0),
    ],
)
def test_the_screen_is_as_the_environment_says(
    environment: dict[str, str], color: bool, width: int
) -> None:
    terminal = read_terminal(environment)
    assert (terminal.color, terminal.width) == (color, width)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgresql://me:secret@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me:s@cr:t@host/db", "postgresql://me:***@host/db"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        (
            "postgresql://h/db?user=me&password=secret&a=b",
            "postgresql://h/db?user=me&password=***&a=b",
        ),
        ("postgresql://h/db?sslpassword=secret", "postgresql://h/db?sslpassword=***"),
    ],
)
def test_a_password_is_never_shown(text: str, hidden: str) -> None:
    assert redact(text) == hidden


def test_an_unknown_setting_is_a_usage_error_with_the_nearest_name() -> None:
    with pytest.raises(UsageError) as refused:
        key_named("zonr")
    assert refused.value.hint == "did you mean zone?"


@pytest.mark.parametrize("url", ["postgres://h/db", "postgresql:///db?host=/run/x"])
def test_a_postgresql_url_is_taken(url: str) -> None:
    check_url(url, "env")


def test_candles_come_from_the_free_sources_and_only_when_asked_for(tmp_path: Path) -> None:
    found = settings(tmp_path).candles
    assert (found.enabled, found.auto, dict(found.keys)) == (("coinbase", "binance"), False, {})


def test_a_vendor_has_its_key_from_a_variable_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-the-file\n")
    said = {"COACH_CANDLE_SOURCES": "coinapi, alphavantage", "COACH_CANDLES_AUTO": "on"}
    keys = {"COACH_COINAPI_KEY": "plain", "COACH_ALPHAVANTAGE_KEY_FILE": str(file)}
    found = settings(tmp_path, **said, **keys)
    assert found.candles.auto
    revealed = {name: key.reveal() for name, key in found.candles.keys.items()}
    assert revealed == {"coinapi": "plain", "alphavantage": "from-the-file"}
    assert not [text for text in ("plain", "from-the-file") if text in repr(found)]
    assert not [made for made in found.origins if made.value in revealed.values()]


def test_a_vendor_that_is_not_named_has_no_key(tmp_path: Path) -> None:
    assert not settings(tmp_path, COACH_COINAPI_KEY="plain").candles.keys


def test_a_key_file_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path) -> None:
    said = {"COACH_CANDLE_SOURCES": "coinapi", "COACH_COINAPI_KEY_FILE": str(tmp_path / "absent")}
    with pytest.raises(ConfigError, match="COACH_COINAPI_KEY_FILE"):
        settings(tmp_path, **said)


@pytest.mark.parametrize("value", ["coinbsae", "coinbase,coinbase", ","])
def test_sources_that_make_no_sense_are_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match="candle_sources"):
        settings(tmp_path, COACH_CANDLE_SOURCES=value)


def test_a_switch_is_on_or_off(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="on or off"):
        settings(tmp_path, COACH_CANDLES_AUTO="yes")


def test_keys_of_a_bucket_come_from_the_environment_and_are_never_listed(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        'object_store = "s3://bars/coach"\n',
        AWS_ACCESS_KEY_ID="AKIA",
        AWS_SECRET_ACCESS_KEY="hunter2",
    )
    assert found.object_keys == ("AKIA", "hunter2", "")
    assert "hunter2" not in repr(found) + repr(found.origins)


def test_keys_in_an_address_are_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must not hold keys") as caught:
        settings(tmp_path, COACH_OBJECT_STORE="s3://AKIA:hunter2@bars")
    assert "hunter2" not in str(caught.value) + caught.value.hint


def test_the_password_of_a_redis_is_hidden() -> None:
    assert redact("redis://:hunter2@host:6379/0") == "redis://:***@host:6379/0"
    assert "hunter2" not in redact("unix:///run/redis.sock?password=hunter2&db=1")
