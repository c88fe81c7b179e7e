"""`coach serve` as a process: where it listens, what it refuses, how it ends."""

import json
import os
import signal
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from time import monotonic, sleep
from typing import Any

import httpx2
import pytest
import trustme

from tests.e2e.cli.server.conftest import PATIENCE, RunningServer, running_server

Coach = Callable[..., CompletedProcess[str]]


def test_it_listens_on_loopback_and_says_where(
    server: RunningServer, client: httpx2.Client
) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    assert client.get("/livez").json()["ok"]
    assert client.get("/readyz").status_code == 200


def test_its_log_is_its_owner_s_alone(server: RunningServer, client: httpx2.Client) -> None:
    client.get("/livez?words=divorce")
    assert server.log.stat().st_mode & 0o777 == 0o600
    events = [json.loads(line)["event"] for line in server.log.read_text().splitlines()]
    assert events[0] == "start"
    assert "request" in events
    assert "divorce" not in server.log.read_text()


@pytest.mark.parametrize(
    ("host", "hint"),
    [("0.0.0.0", "--tls-cert"), ("::", "--trusted-proxy"), ("example.com", "ssh -L")],  # noqa: S104
)
def test_an_address_that_others_reach_is_refused(coach: Coach, host: str, hint: str) -> None:
    ended = coach("serve", "--host", host, "--json")
    error = json.loads(ended.stdout)["error"]
    assert ended.returncode == 2
    assert hint in error["hint"]


def test_others_are_let_in_only_once_somebody_has_an_account(coach: Coach) -> None:
    ended = coach("serve", "--host", "0.0.0.0", "--trusted-proxy", "10.9.8.7", "--json")  # noqa: S104
    error = json.loads(ended.stdout)["error"]
    assert ended.returncode == 2
    assert "before anybody has an account" in error["message"]
    assert "coach users add" in error["hint"]


def test_a_port_that_is_taken_is_a_usage_error(coach: Coach) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = coach("serve", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 2
    assert "--port takes a port that is free" in ended.stderr


def test_half_of_what_tls_needs_is_a_usage_error(coach: Coach, tmp_path: Path) -> None:
    assert coach("serve", "--tls-cert", "cert.pem").returncode == 2
    missing = coach("serve", "--tls-cert", "no.pem", "--tls-key", "no.pem")
    assert (missing.returncode, "no.pem cannot be read" in missing.stderr) == (2, True)
    file = tmp_path / "odd.pem"
    file.write_text("no certificate")
    wrong = coach("serve", "--tls-cert", str(file), "--tls-key", str(file))
    assert (wrong.returncode, "no certificate and key" in wrong.stderr.replace("\n", " ")) == (
        2,
        True,
    )


def test_it_serves_https_and_ends_when_it_is_told_to(home: Path, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    chain, key, root = (tmp_path / name for name in ("chain.pem", "key.pem", "root.pem"))
    chain.write_bytes(b"".join(one.bytes() for one in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(root))
    with running_server(home, "--tls-cert", str(chain), "--tls-key", str(key)) as running:
        assert running.url.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=root)
        assert httpx2.get(f"{running.url}/livez", verify=trusting, timeout=PATIENCE).json()["ok"]
        running.process.send_signal(signal.SIGTERM)
        _, stderr = running.process.communicate(timeout=PATIENCE)
    assert (running.process.returncode, stderr) == (143, "")


@pytest.mark.parametrize("place", ["0.0.0.0:0", "127.0.0.1", "127.0.0.1:65536", "example.com:1"])
def test_metrics_are_shown_to_this_machine_alone(coach: Coach, place: str) -> None:
    ended = coach("serve", "--metrics", place, "--json")
    assert ended.returncode == 2
    assert "HOST:PORT" in json.loads(ended.stdout)["error"]["message"]


def test_metrics_are_read_at_an_address_of_their_own(home: Path) -> None:
    with running_server(home, "--metrics", "127.0.0.1:0") as running:
        answer = httpx2.get(f"{running.url}/api/status", timeout=PATIENCE)
        assert answer.headers["RateLimit-Policy"].startswith('"user";q=12000;w=60')
        found = metrics_with(running.log, "coach_database_up 1.0")
        assert httpx2.get(f"{running.url}/metrics", timeout=PATIENCE).status_code == 404
        ready = httpx2.get(f"{running.url}/readyz", timeout=PATIENCE).json()
        assert ready["health"] in {"ok", "degraded"}
    assert 'coach_requests_total{method="GET",route="/api/status",status="200"} 1.0' in found
    assert "coach_pool_size" in found


def test_a_worker_runs_beside_it_and_ends_with_it(home: Path) -> None:
    with running_server(home, "--metrics", "127.0.0.1:0", worker=True) as running:
        first = pid_of_worker(running.log, 1)
        os.kill(first, signal.SIGKILL)
        second = pid_of_worker(running.log, 2)
        assert second != first
        metrics_with(running.log, "coach_worker_restarts_total 1.0")
    assert running.process.returncode == 143
    ended = [line["pid"] for line in lines(running.log) if line["event"] == "worker ended"]
    assert ended == [first, second]


def metrics_with(log: Path, line: str) -> str:
    """Return the metrics of the server that logs there, once they hold this line."""
    said = [json.loads(one) for one in log.read_text().splitlines()]
    url = next(one["url"] for one in reversed(said) if one["event"] == "metrics")
    deadline = monotonic() + PATIENCE
    while line not in (found := httpx2.get(url, timeout=PATIENCE).text):
        assert monotonic() < deadline, f"no {line}"
        sleep(0.1)
    return found


def pid_of_worker(log: Path, number: int) -> int:
    """Return the id of the so many-th worker that was started."""
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        started = [line for line in lines(log) if line["event"] == "worker started"]
        if len(started) >= number:
            return int(started[number - 1]["pid"])
        sleep(0.1)
    pytest.fail("no worker was started")


def lines(log: Path) -> list[dict[str, Any]]:
    """Return what this server logged."""
    read = [json.loads(line) for line in log.read_text().splitlines()]
    last = max(place for place, line in enumerate(read) if line["event"] == "start")
    return [line for line in read[:last] if line["event"].startswith("worker")] + read[last:]
