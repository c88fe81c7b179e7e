"""Deploying: what is refused, in which order things happen, and that no secret is said."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.unit.deployment.conftest import DEPLOY, Script, Stubs

PASSWORDS = {"POSTGRES_PASSWORD": "p" * 32, "REDIS_PASSWORD": "r" * 32}
SECRETS = {**PASSWORDS, "COACH_KEK": '{"keys":{"k":"S3CRET"}}'}
IMAGE = "sha256:one"


@pytest.fixture
def place(tmp_path: Path, stubs: Stubs) -> dict[str, str]:
    """Two environments whose secrets a command prints; return the variables that name them."""
    printed = tmp_path / "secrets.env"
    for name in ("staging", "prod"):
        folder = tmp_path / "etc" / name
        folder.mkdir(parents=True)
        (folder / "deploy.env").write_text(
            "COACH_IMAGE=coach:1\nCOACH_DOMAIN=coach.example.org\nCOACH_ACME_EMAIL=me@example.org\n"
            f"COACH_PULL_SECRETS='cat {printed}'\nCOACH_MUST=walk-all-ways\n"
        )
    stubs.stand_in_for("walk-all-ways")
    stubs.answer("docker image inspect*", 0, IMAGE)
    found = {"COACH_DEPLOY": str(tmp_path / "etc"), "COACH_DEPLOY_STATE": str(tmp_path / "state")}
    print_secrets(found, SECRETS)
    return found


def print_secrets(place: dict[str, str], secrets: dict[str, str]) -> None:
    lines = ["# pulled", *(f"{name}={one}" for name, one in secrets.items())]
    printed = Path(place["COACH_DEPLOY"]).parent / "secrets.env"
    printed.write_text("\n".join(lines) + "\n")


def passed_on_staging(place: dict[str, str], image: str = IMAGE) -> None:
    staging = Path(place["COACH_DEPLOY_STATE"]) / "staging"
    staging.mkdir(parents=True)
    (staging / "green").write_text(f"{image}\n")


def test_staging_is_switched_after_the_probe_and_then_the_must_scenarios_run(
    script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    ended = script("deploy.sh", "staging", **place)
    assert ended.returncode == 0, ended.stderr
    steps = ["postgres redis caddy", "doctor --before-upgrade", "web-green coach healthcheck"]
    steps += [
        "exec -T web-green python3 -",
        "stop --timeout 30 web-blue",
        "up --detach --no-deps worker",
    ]
    steps += ["curl", "walk-all-ways"]
    found = [next(n for n, call in enumerate(stubs.calls) if step in call) for step in steps]
    assert found == sorted(found)
    green = Path(place["COACH_DEPLOY_STATE"]) / "staging" / "green"
    assert green.read_text() == f"{IMAGE}\n"


def test_secrets_are_files_of_one_reader_and_nothing_else(
    script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    ended = script("deploy.sh", "staging", **place)
    said = ended.stdout + ended.stderr + "\n".join(stubs.calls)
    assert not [one for one in (*PASSWORDS.values(), "S3CRET") if one in said]
    folder = Path(place["COACH_DEPLOY_STATE"]) / "staging" / "secrets"
    files = {one.name: one for one in folder.iterdir()}
    assert set(files) == {
        "coach-kek",
        "database_url",
        "postgres_password",
        "redis_conf",
        "redis_url",
    }
    assert {stat.S_IMODE(one.stat().st_mode) for one in files.values()} == {0o400}
    if os.geteuid() == 0:
        owners = {
            one.split()[2].rpartition("/")[2]: one.split()[1] for one in stubs.called("chown")
        }
        assert owners["database_url"] == owners["coach-kek"] == "65532:65532"
        assert owners["postgres_password"] == owners["redis_conf"] == "999:999"


def test_tracing_the_script_shows_no_secret(script: Script, place: dict[str, str]) -> None:
    ended = script("deploy.sh", "staging", SHELLOPTS="braceexpand:hashall:xtrace", **place)
    said = ended.stdout + ended.stderr
    assert not [one for one in (*PASSWORDS.values(), "S3CRET") if one in said]


@pytest.mark.parametrize("option", ["verbose", "xtrace"])
def test_settings_that_are_told_to_be_shown_are_not(
    option: str, script: Script, place: dict[str, str]
) -> None:
    file = Path(place["COACH_DEPLOY"]) / "staging" / "deploy.env"
    file.write_text(f"{file.read_text()}COACH_PROXY_TOKEN=T0KEN\n")
    more = {"COACH_MIGRATION_CHECK": "ask --key=T0KEN", "SHELLOPTS": f"braceexpand:{option}"}
    ended = script("deploy.sh", "staging", **place, **more)
    assert "the migration is not safe, says COACH_MIGRATION_CHECK" in ended.stderr
    assert "T0KEN" not in ended.stdout + ended.stderr


def test_prod_takes_what_passed_on_staging(script: Script, place: dict[str, str]) -> None:
    passed_on_staging(place)
    ended = script("deploy.sh", "prod", **place)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "prod: coach:1 serves https://coach.example.org"


@pytest.mark.parametrize("passed", ["", "sha256:another", "sha256:on"])
def test_prod_refuses_what_did_not(
    passed: str, script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    if passed:
        passed_on_staging(place, passed)
    ended = script("deploy.sh", "prod", **place)
    assert ended.returncode == 1
    assert "has not passed the Must scenarios on staging" in ended.stderr
    assert not stubs.called("compose")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("compose*doctor --before-upgrade", "the migration is not safe"),
        ("compose*exec -T web-green python3*", "web-green failed its probe"),
        ("compose*up --detach postgres*", "PostgreSQL, Redis or the proxy does not start"),
        ("compose*pg_isready*", "PostgreSQL is not ready"),
    ],
)
def test_prod_stays_as_it_is_where_a_step_before_the_switch_fails(
    call: str, said: str, script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    passed_on_staging(place)
    stubs.answer(call, 1)
    ended = script("deploy.sh", "prod", **place)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert not stubs.called("stop", "web-blue")


def test_must_scenarios_that_fail_leave_staging_not_green(
    script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    passed_on_staging(place)
    stubs.answer("walk-all-ways*", 1)
    ended = script("deploy.sh", "staging", **place)
    assert ended.returncode == 1
    assert not (Path(place["COACH_DEPLOY_STATE"]) / "staging" / "green").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"POSTGRES_PASSWORD": "short"}, "POSTGRES_PASSWORD takes 24 or more"),
        ({"REDIS_PASSWORD": "with@sign" * 4}, "REDIS_PASSWORD takes 24 or more"),
        ({"COACH_KEK": ""}, "printed no COACH_KEK"),
        (
            {"COACH_KEK": '{\n "keys": {"k": "S3CRET"}\n}'},
            "COACH_KEK takes the ring of keys on one",
        ),
        ({"COACH_KEK": """'{"keys":{"k":"S3CRET"}}'"""}, "COACH_KEK takes the ring of keys on one"),
    ],
)
def test_secrets_that_cannot_be_used_are_refused_by_their_name(
    changed: dict[str, str], said: str, script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    print_secrets(place, {**SECRETS, **changed})
    ended = script("deploy.sh", "staging", **place)
    assert (ended.returncode, said in ended.stderr) == (1, True)
    assert not [one for one in changed.values() if one and one in ended.stderr]
    assert not stubs.called("compose")


def test_lines_that_end_as_those_of_windows_are_the_same_secrets(
    script: Script, place: dict[str, str]
) -> None:
    print_secrets(place, {name: f"{one}\r" for name, one in SECRETS.items()})
    assert script("deploy.sh", "staging", **place).returncode == 0
    kept = Path(place["COACH_DEPLOY_STATE"]) / "staging" / "secrets" / "coach-kek"
    assert kept.read_bytes() == f"{SECRETS['COACH_KEK']}\n".encode()


def test_a_secret_that_is_the_same_is_not_written_again(
    script: Script, place: dict[str, str]
) -> None:
    kept = Path(place["COACH_DEPLOY_STATE"]) / "staging" / "secrets" / "coach-kek"
    moments = []
    for _ in range(2):
        assert script("deploy.sh", "staging", **place).returncode == 0
        moments.append(kept.stat().st_mtime_ns)
    assert moments[0] == moments[1]


def test_a_command_that_prints_no_secrets_is_refused(
    script: Script, place: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "secrets.env").unlink()
    assert "COACH_PULL_SECRETS failed" in script("deploy.sh", "staging", **place).stderr


@pytest.mark.parametrize(
    "words",
    [
        *(
            (),
            ("production",),
            ("--help",),
            ("staging", "destroy"),
            ("staging", "deploy", "--dry-run"),
        ),
        *(("prod", "stop", "now"), ("prod", "start", "x"), ("prod", "probe"), ("prod", "run")),
        ("prod", "restore"),
    ],
)
def test_only_what_it_knows_is_done(
    words: tuple[str, ...], script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    ended = script("deploy.sh", *words, **place)
    assert (ended.returncode, stubs.calls) == (2, [])
    assert "deploy.sh staging|prod run WORDS..." in ended.stderr


def test_a_command_of_coach_runs_with_the_same_secrets(
    script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    script("deploy.sh", "staging", "run", "backup", "create", **place)
    assert stubs.calls[-1].endswith("run --rm --no-deps -T worker backup create")


def test_what_is_on_stdin_reaches_the_command_of_coach(stubs: Stubs, place: dict[str, str]) -> None:
    greedy = stubs.folder / "greedy"
    greedy.write_text('#!/bin/bash\ngot=$(cat); if [[ "$*" == *" run "* ]]; then echo "$got"; fi\n')
    greedy.chmod(0o755)
    ended = subprocess.run(
        ["bash", str(DEPLOY / "deploy.sh"), "staging", "run", "users", "add"],
        env=stubs.environment({"COACH_COMPOSE": "greedy", **place}),
        input="four words of a password",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ended.stdout == "four words of a password\n"


def test_a_machine_that_comes_back_starts_the_colour_that_served(
    script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    script("deploy.sh", "staging", **place)
    script("deploy.sh", "staging", "start", **place)
    assert stubs.calls[-1].endswith("start postgres redis caddy worker web-green")


def test_nothing_starts_where_nothing_was_deployed(script: Script, place: dict[str, str]) -> None:
    ended = script("deploy.sh", "staging", "start", **place)
    assert (ended.returncode, "nothing was deployed yet" in ended.stderr) == (1, True)


def test_an_engine_of_its_own_comes_back_with_the_machine(
    script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    engine = {"COACH_ENGINE_URL": "http://engine:8322"}
    script("deploy.sh", "staging", **place, **engine)
    script("deploy.sh", "staging", "start", **place, **engine)
    assert stubs.calls[-1].endswith("start postgres redis caddy worker engine web-green")


@pytest.mark.parametrize("fails", [False, True])
def test_a_backup_is_put_in_place_while_nobody_works_on_the_tables(
    fails: bool, script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    script("deploy.sh", "staging", **place)
    stubs.answer("compose* stop *web-green", 1)  # one that was never made
    stubs.answer("compose*backup restore*", int(fails))
    ended = script("deploy.sh", "staging", "restore", "/b/one.coachbackup", **place)
    assert (ended.returncode, "goes on as it was" in ended.stderr) == (int(fails), fails)
    ends = ["worker", "engine", "web-blue", "web-green", "/b/one.coachbackup --yes"]
    ends += ["start postgres redis caddy worker web-green"]
    assert [call.endswith(end) for call, end in zip(stubs.calls[-6:], ends, strict=True)] == [
        True
    ] * 6


@pytest.mark.parametrize("words", [(), ("--volumes",)])
def test_data_goes_only_where_that_is_said(
    words: tuple[str, ...], script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    assert script("deploy.sh", "prod", "down", *words, **place).returncode == 0
    assert stubs.calls[-1].endswith(" ".join(["down --timeout 30", *words]))


def test_an_image_that_failed_on_staging_is_refused_by_prod(
    script: Script, stubs: Stubs, place: dict[str, str]
) -> None:
    assert script("deploy.sh", "staging", **place).returncode == 0
    assert script("deploy.sh", "prod", **place).returncode == 0
    stubs.answer("walk-all-ways*", 1)
    assert script("deploy.sh", "staging", **place).returncode == 1
    ended = script("deploy.sh", "prod", **place)
    assert "has not passed the Must scenarios on staging" in ended.stderr
