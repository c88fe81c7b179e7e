"""Units, scripts and snippets of deploy/ say what they have to."""

import configparser
import subprocess
from pathlib import Path

import pytest

from coach.cli.catalogue import COMMANDS
from tests.unit.deployment.conftest import DEPLOY

HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "RestrictSUIDSGID": "yes",
    "SystemCallArchitectures": "native",
    "User": "coach",
}
OF_CONTAINERS = {"coach-compose.service"}
SERVICES = [one for one in (DEPLOY / "systemd").glob("*.service") if one.name not in OF_CONTAINERS]
SCRIPTS = [*DEPLOY.glob("*.sh"), DEPLOY / "demo" / "start"]


def unit(file: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign] # systemd's names have case
    parser.read(file)
    return parser


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.stem)
def test_a_service_can_write_its_own_state_and_nothing_else(file: Path) -> None:
    service = unit(file)["Service"]
    assert {name: service[name] for name in HARDENED} == HARDENED
    assert service["StateDirectory"] == "coach"


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.stem)
def test_a_service_runs_a_command_that_there_is(file: Path) -> None:
    program, command, *_ = unit(file)["Service"]["ExecStart"].split()
    assert program == "/opt/coach/bin/coach"
    assert command in COMMANDS


def test_each_timer_starts_a_service() -> None:
    timers = [one.stem for one in (DEPLOY / "systemd").glob("*.timer")]
    assert sorted(timers) == ["coach-backup", "coach-digest", "coach-pki"]
    assert set(timers) <= {one.stem for one in SERVICES}


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_parses_and_may_be_run(file: Path) -> None:
    subprocess.run(["bash", "-n", str(file)], check=True)
    assert file.stat().st_mode & 0o111


@pytest.mark.parametrize(
    "file", sorted((DEPLOY / "quadlet").glob("*.container")), ids=lambda f: f.stem
)
def test_a_quadlet_is_as_narrow_as_its_service_of_compose(file: Path) -> None:
    lines = file.read_text().splitlines()
    wanted = {"ReadOnly=true", "DropCapability=all", "NoNewPrivileges=true", "Restart=always"}
    assert wanted <= set(lines)


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_a_proxy_sets_hsts_and_keeps_readiness_to_itself(name: str) -> None:
    text = (DEPLOY / "proxy" / name).read_text()
    assert "Strict-Transport-Security" in text
    assert "readyz" in text
    assert 'preload"' not in [line.split("#")[0] for line in text.splitlines()]


def test_the_image_takes_wheels_of_known_hashes_and_runs_as_nobody() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    assert "--require-hashes --only-binary :all:" in text.replace("\\\n", "").replace("  ", "")
    assert "USER 65532:65532" in text
    assert text.count("FROM ${BASE}") == 2
