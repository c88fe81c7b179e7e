"""What Prometheus may read: numbers of requests, streams, jobs and connections.

Labels hold routes, states and ids of users, never a path as it was asked for, a secret or a text
of the user's. What streams have written they hand to `note_written`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from coach.model.accounts import RunState
from coach.model.events import Event
from coach.model.reflections.words import ModelOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from prometheus_client.core import Metric

    from coach.engine.api.live.activity import InstallationActivity
    from coach.engine.api.live.streams import Frame, LiveStream, StreamHub

STATES: tuple[str, ...] = get_args(RunState)
OUTCOMES: tuple[str, ...] = get_args(ModelOutcome)
SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
"""Seconds from a commit to a socket."""
LONG = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Seconds of a request."""


class AnnouncedEvents(Protocol):
    """Knows how many new events it saw, and how many of them no notification announced."""

    events: int
    unannounced: int


class CountsRestarts(Protocol):
    """Knows how often it had to start its process anew."""

    restarts: int


@dataclass(slots=True)
class LiveSources:
    """What is asked at each reading: the streams' tail, the worker, the pool of connections."""

    announced: AnnouncedEvents | None = None
    worker: CountsRestarts | None = None
    pool: "Callable[[], Mapping[str, int]]" = dict


class ServerMetrics:
    """The metrics of one server."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.sources = LiveSources()
        self.requests = Counter(
            "coach_requests",
            "Requests that were answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.request_seconds = Histogram(
            "coach_request_seconds",
            "From a request to its whole answer; of a stream to its beginning.",
            ["method", "route"],
            buckets=LONG,
            registry=registry,
        )
        self.limited = Counter(
            "coach_requests_limited", "Requests that a limit refused.", ["limit"], registry=registry
        )
        self.commit_to_socket = Histogram(
            "coach_event_commit_to_socket_seconds",
            "From an event's time, just before its commit, to its frame being written to a socket.",
            buckets=SHORT,
            registry=registry,
        )
        self.sockets = Gauge("coach_sockets", "Streams that are open.", ["kind"], registry=registry)
        self.behind = Gauge(
            "coach_stream_lag_events",
            "Events that the slowest open stream has yet to acknowledge.",
            registry=registry,
        )
        self._name_activity()
        registry.register(_LiveCollector(self.sources))

    def _name_activity(self) -> None:
        registry = self.registry
        self.runs = Gauge("coach_runs", "Runs by state.", ["state"], registry=registry)
        self.waiting = Gauge(
            "coach_queue_depth", "Queued runs that may begin now.", registry=registry
        )
        self.events_today = Gauge(
            "coach_user_events_today",
            "Events since midnight UTC of the busiest users.",
            ["user"],
            registry=registry,
        )
        self.users_above = Gauge(
            "coach_users_above_event_mark",
            "Users with more than 10,000 events since midnight UTC.",
            registry=registry,
        )
        self.model_requests = Gauge(
            "coach_model_requests_today",
            "Requests to a language model since midnight UTC, by what came of them.",
            ["outcome"],
            registry=registry,
        )
        self.model_tokens = Gauge(
            "coach_model_tokens_today",
            "Tokens that those requests took in and out.",
            ["direction"],
            registry=registry,
        )
        self.database_up = Gauge(
            "coach_database_up", "Whether the database answered when last asked.", registry=registry
        )

    def watch_streams(self, hub: "StreamHub") -> None:
        """Show, at each reading, how far streams are behind and what no notification announced."""
        self.sources.announced = hub.announced
        self.behind.set_function(hub.most_behind)

    def note_written(
        self, frames: "Sequence[Frame]", stream: "LiveStream", now: "datetime"
    ) -> None:
        """Note that frames were written; what a follower had missed before says nothing."""
        for frame in frames:
            if isinstance(frame, Event) and stream.is_news(frame):
                self.commit_to_socket.observe(max(0.0, (now - frame.ts).total_seconds()))

    def show_activity(self, activity: "InstallationActivity | None") -> None:
        """Show what goes on in the installation; None where the database does not answer."""
        self.database_up.set(activity is not None)
        if activity is None:
            return
        for state in STATES:
            self.runs.labels(state).set(activity.runs.get(state, 0))
        self.waiting.set(activity.waiting)
        for outcome in OUTCOMES:
            self.model_requests.labels(outcome).set(activity.model_requests.get(outcome, 0))
        for direction, tokens in zip(("in", "out"), activity.model_tokens, strict=True):
            self.model_tokens.labels(direction).set(tokens)
        self.users_above.set(activity.users_above)
        self.events_today.clear()
        for user, events in activity.events.items():
            self.events_today.labels(user).set(events)


@dataclass(frozen=True, slots=True, eq=False)
class _LiveCollector:
    """Asks the sources when somebody reads: the registry calls `collect`."""

    sources: LiveSources

    def collect(self) -> "Iterator[Metric]":
        announced, worker = self.sources.announced, self.sources.worker
        pool = self.sources.pool()
        yield CounterMetricFamily(
            "coach_events_seen",
            "New events of users with an open stream.",
            announced.events if announced else 0,
        )
        yield CounterMetricFamily(
            "coach_events_found_by_poll",
            "Events that no notification announced, though one should have.",
            announced.unannounced if announced else 0,
        )
        yield CounterMetricFamily(
            "coach_worker_restarts",
            "How often the worker beside the server was started anew.",
            worker.restarts if worker else 0,
        )
        for name, about in POOL.items():
            yield GaugeMetricFamily(f"coach_{name}", about, pool.get(name, 0))


POOL = {
    "pool_size": "Connections to the database.",
    "pool_max": "Connections to the database that there may be.",
    "pool_available": "Connections that nobody uses.",
    "requests_waiting": "Requests that wait for a connection.",
}
"""What the pool of connections says of itself, by its own names."""
