"""What Prometheus reads of a server, and what it never finds there."""

from dataclasses import dataclass

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from coach.engine.api.live.activity import InstallationActivity
from coach.engine.api.live.limits import RequestLimiter
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.relay.announcements import AnnouncementCount
from coach.server.app import ServerParts, application
from coach.server.observed.metrics import OUTCOMES, ServerMetrics
from coach.server.observed.metrics_server import metrics_application
from tests.unit.server.conftest import HERE


def read(metrics: ServerMetrics, host: str = HERE) -> str:
    with TestClient(metrics_application(metrics), host) as client:
        answer = client.get("/metrics")
        assert answer.status_code == 200
        return answer.text


def values(text: str) -> dict[str, float]:
    """Return each sample by its name and the values of its labels."""
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_template_and_status(
    client: TestClient, parts: ServerParts
) -> None:
    client.get("/api/why/revenge?days=3")
    client.get("/api/why/my%20divorce")
    client.get("/nothing/here")
    client.request("DIVORCE", "/api/pnl")
    text = read(parts.metrics)
    found = values(text)
    assert found["coach_requests_total GET /api/why/{what} 503"] == 2
    assert found["coach_requests_total GET none 404"] == 1
    assert found["coach_request_seconds_count GET /api/why/{what}"] == 2
    assert "divorce" not in text.lower()
    assert "revenge" not in text


def test_what_a_limit_refused_is_counted_by_the_limit(parts: ServerParts) -> None:
    limiter = RequestLimiter.of(MemoryHotStore(lambda: 0.0), 60, 60)
    limited = ServerParts(
        parts.settings,
        parts.open_session,
        parts.may_connect,
        admit=lambda _, cost: limiter.admit("local", "127.0.0.1", cost),
        metrics=parts.metrics,
    )
    with TestClient(application(limited), HERE) as client:
        for _ in range(4):
            client.get("/api/simulate")
    found = values(read(parts.metrics))
    assert found["coach_requests_limited_total user"] == 1
    assert found["coach_requests_total GET none 429"] == 1


@dataclass
class Worker:
    restarts: int = 3


def test_what_lives_beside_the_requests_is_asked_at_each_reading() -> None:
    metrics = ServerMetrics()
    announced = AnnouncementCount(events=7, unannounced=2)
    metrics.sources.announced, metrics.sources.worker = announced, Worker()
    metrics.sources.pool = lambda: {"pool_size": 4, "pool_available": 1, "requests_waiting": 2}
    found = values(read(metrics))
    assert found["coach_events_seen_total"] == 7
    assert found["coach_events_found_by_poll_total"] == 2
    assert found["coach_worker_restarts_total"] == 3
    assert (found["coach_pool_size"], found["coach_pool_available"]) == (4, 1)
    announced.unannounced = 5
    assert values(read(metrics))["coach_events_found_by_poll_total"] == 5


def test_a_state_without_runs_is_zero_and_a_user_who_left_the_busiest_is_gone() -> None:
    metrics = ServerMetrics()
    metrics.show_activity(InstallationActivity({"queued": 2}, 1, {"ann": 10_001, "bob": 3}, 1))
    metrics.show_activity(InstallationActivity({"done": 5}, 0, {"bob": 4}, 0))
    found = values(read(metrics))
    assert (found["coach_runs queued"], found["coach_runs done"]) == (0, 5)
    assert found["coach_user_events_today bob"] == 4
    assert "coach_user_events_today ann" not in found


def test_a_database_that_does_not_answer_is_told_and_what_was_known_stays() -> None:
    metrics = ServerMetrics()
    asked = {"used": 3, "failed": 1}
    metrics.show_activity(InstallationActivity({}, 9, {}, 0, asked, (800, 90)))
    metrics.show_activity(None)
    found = values(read(metrics))
    assert (found["coach_database_up"], found["coach_queue_depth"]) == (0, 9)
    requests = [found[f"coach_model_requests_today {outcome}"] for outcome in OUTCOMES]
    assert requests == [3, 0, 1]
    assert found["coach_model_tokens_today in"] == 800
    assert found["coach_model_tokens_today out"] == 90


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/metrics", "http://evil.example", 421),
        ("/", HERE, 404),
        ("/metrics", "http://localhost:9321", 200),
    ],
)
def test_metrics_are_read_at_one_path_and_by_this_machine_s_names(
    path: str, host: str, status: int
) -> None:
    with TestClient(metrics_application(ServerMetrics()), host) as client:
        assert client.get(path).status_code == status


def test_the_application_itself_shows_no_metrics(client: TestClient) -> None:
    assert client.get("/metrics").status_code == 404
