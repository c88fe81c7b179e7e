"""Only this machine is served, and what serves many threads is no process of our own."""

import pytest

from coach.errors import Invalid
from coach.model.machine.listening import ListeningPlace, loopback_address, metrics_place
from coach.model.machine.own_process import in_shared_process, is_own_process, own_process


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.8.9.1", "127.8.9.1"),
        ("localhost", "127.0.0.1"),
        ("LocalHost", "127.0.0.1"),
        ("::1", "::1"),
        ("[::1]", "::1"),
    ],
)
def test_an_address_of_this_machine_alone_is_served(host: str, address: str) -> None:
    assert loopback_address(host) == address


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.168.1.5", "example.com", "localhost.evil.test", "127.0.0.1.evil"],  # noqa: S104
)
def test_every_other_address_is_refused_with_the_reason(host: str) -> None:
    with pytest.raises(Invalid, match="only this machine reaches") as refused:
        loopback_address(host)
    assert "until it knows users" in refused.value.hint


def test_metrics_are_read_at_an_address_and_a_port_of_this_machine() -> None:
    assert metrics_place("localhost:9321") == ListeningPlace("127.0.0.1", 9321)
    assert metrics_place("[::1]:0") == ListeningPlace("::1", 0)


@pytest.mark.parametrize(
    "place", ["", "9321", ":9321", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536"]
)
def test_metrics_are_read_nowhere_else(place: str) -> None:
    with pytest.raises(Invalid, match="HOST:PORT of this machine alone"):
        metrics_place(place)


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.168.1.5", "example.com"])  # noqa: S104
def test_no_other_machine_reads_metrics(host: str) -> None:
    with pytest.raises(Invalid, match="HOST:PORT of this machine alone"):
        metrics_place(f"{host}:9321")


def test_what_serves_many_threads_is_no_process_of_our_own() -> None:
    with own_process():
        assert is_own_process()
        assert not in_shared_process(is_own_process)
