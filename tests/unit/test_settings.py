"""Settings: who wins, who is named, what is refused."""

from pathlib import Path

import pytest

from coach.errors import ConfigError, UsageError
from coach.settings import read_terminal
from coach.settings.checks import check_url
from coach.settings.folders import find_home
from coach.settings.keys import key_named
from coach.settings.reading import read
from coach.settings.redaction import redact
from coach.settings.values import Setting, Settings


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


def test_the_zone_of_one_answer_is_no_setting(tmp_path: Path) -> None:
    said = {"COACH_HOME": str(tmp_path), "COACH_ZONE": "Europe/Berlin"}
    found = read(said, {"zone": Setting("zone", "Asia/Tokyo", "flag --zone")})
    assert origin(found, "zone") == ("Europe/Berlin", "env COACH_ZONE")
    assert found.shown_zone == "Asia/Tokyo"


def test_the_zone_of_one_answer_must_exist(tmp_path: Path) -> None:
    flag = Setting("zone", "Mars/Base", "flag --zone")
    with pytest.raises(ConfigError, match="flag --zone"):
        read({"COACH_HOME": str(tmp_path)}, {"zone": flag})


@pytest.mark.parametrize("written", ['features = ["binance"]\n', 'features = "binance"\n'])
def test_what_names_several_things_may_be_a_list_in_the_file(tmp_path: Path, written: str) -> None:
    assert settings(tmp_path, written).features == ("binance",)


def test_a_feature_is_off_until_somebody_turns_it_on(tmp_path: Path) -> None:
    assert settings(tmp_path).features == ()
    assert settings(tmp_path, COACH_FEATURES="binance").features == ("binance",)


def test_a_feature_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="each feature once"):
        settings(tmp_path, COACH_FEATURES="binance, binance")


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
        ('features = ["telepathy"]\n', ("no feature 'telepathy'", "config.toml:1", "are binance")),
        ("features = [1]\n", ("setting features: must be text in quotes", "config.toml:1", "")),
        ('zone = ["UTC"]\n', ("setting zone: must be text in quotes", "config.toml:1", "")),
        ("zone = 1\n", ("setting zone: must be text in quotes", "config.toml:1", "")),
        ('zone = "UTC\n', ("no TOML", "config.toml", "")),
        ('zone = "Europe/Berlni"\n', ("no time zone", "config.toml:1", "Europe/Berlin")),
        ('zone = "../../etc/passwd"\n', ("no time zone", "config.toml:1", "")),
        ('redis_url = "http://x"\n', ("must begin with redis://", "config.toml:1", "no Redis")),
        ('object_store = "gs://x"\n', ("begin with s3://", "config.toml:1", "s3://bucket")),
        ('database_url = "mysql://x"\n', ("must begin with postgresql://", "config.toml:1", "")),
        ('request_limit = "59"\n', ("60 or more", "config.toml:1", "12000")),
        ('address_limit = "many"\n', ("requests a minute", "config.toml:1", "12000")),
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
    file.chmod(0o600)
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


TORN = [
    "postgresql://me:hun@ter2@host/coach",
    "postgresql://me@corp:hunter2@host/coach",
    "postgresql://me:hun/ter2@host/coach",
    "postgresql://me:hun/ter2@host",
    "postgresql://me:hun?ter2@host/coach",
    "postgresql://me:hun ter2@host/coach",
    "postgresql://me:hun\nter2@host/coach",
    "postgresql://me:hun@ter2/x@host:5432/coach?sslmode=require",
    "postgresql://me:hun@t/e@r?2@host/coach",
]
WHOLE = [
    "postgresql://me:hun%40ter2@host/coach",
    "postgresql://me:hun:ter2@host:5432/coach",
    "postgresql://me:hun#ter2@host/coach",
    "postgresql://me@host/coach?password=hun@ter2",
    "postgresql://me:pw@one:5432,two:5433/coach",
    "postgresql:///coach?host=/run/postgresql",
]


@pytest.mark.parametrize("url", TORN)
def test_a_password_that_tears_its_url_is_refused_without_a_word_of_it(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        check_url(url, "env COACH_DATABASE_URL")
    told = f"{refused.value} {refused.value.hint}"
    assert "%40" in refused.value.hint
    assert not [part for part in ("hun", "ter2") if part in told]


@pytest.mark.parametrize("url", WHOLE)
def test_a_url_that_every_parser_reads_alike_is_taken(url: str) -> None:
    check_url(url, "env COACH_DATABASE_URL")


@pytest.mark.parametrize("url", [*TORN, *WHOLE[:4], "redis://:hun@ter2@host:6379/0"])
def test_no_tail_of_a_password_is_ever_shown(url: str) -> None:
    line = redact(f"setting database_url: {url} makes no sense".replace("\n", " "))
    assert "***" in line
    assert not [part for part in ("hun", "ter2", "t/e@r") if part in line]


@pytest.mark.parametrize("url", ["redis://:p/w@host:6379/0", "redis://host:many/0", "rediss://h:0"])
def test_a_redis_without_a_port_that_is_one_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        settings(tmp_path, COACH_REDIS_URL=url)
    assert "p/w" not in str(refused.value)


@pytest.mark.parametrize("name", ["a\\b", "a\nb", "a\rb", "a\udcff"])
def test_a_home_that_no_database_can_live_in_is_refused_by_name(name: str) -> None:
    for environment, flags in (
        ({"COACH_HOME": f"/srv/{name}"}, {}),
        ({"HOME": f"/srv/{name}"}, {}),
        ({"HOME": "/srv", "XDG_DATA_HOME": f"/srv/{name}"}, {}),
        ({}, {"home": Setting("home", f"/srv/{name}", "flag --home")}),
    ):
        with pytest.raises(ConfigError) as refused:
            find_home(environment, flags)
        assert repr(f"/srv/{name}") in str(refused.value)
        assert refused.value.remedy == "choose_home"


@pytest.mark.parametrize("name", ["with space", "with'quote", 'with"quote', "n\u00e9", "a,b", "%d"])
def test_any_other_home_is_taken(name: str) -> None:
    home, _ = find_home({"COACH_HOME": f"/srv/{name}"}, {})
    assert str(home.data) == f"/srv/{name}/data"


def test_an_empty_or_relative_home_of_the_user_is_an_error() -> None:
    for value, told in (("", "HOME is empty"), ("tmp", "HOME is not an absolute path: 'tmp'")):
        with pytest.raises(ConfigError, match=told):
            find_home({"HOME": value}, {})


def test_an_empty_home_of_the_user_is_nobodys_business_where_another_is_named() -> None:
    xdg = {f"XDG_{name}_HOME": "/srv/x" for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    assert find_home({"HOME": "", **xdg}, {})[0].data == Path("/srv/x/coach")
    assert find_home({"HOME": "", "COACH_HOME": "/srv/y"}, {})[0].data == Path("/srv/y/data")


def test_the_home_of_a_user_who_is_not_there_is_an_error() -> None:
    with pytest.raises(ConfigError, match="no user has the home '~nobody-of-that-name/x'"):
        find_home({"COACH_HOME": "~nobody-of-that-name/x"}, {})
