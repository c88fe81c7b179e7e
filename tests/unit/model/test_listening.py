"""Only this machine is served, and what serves many threads is no process of our own."""

from pathlib import Path

import pytest

from coach.errors import Invalid
from coach.model.machine.listening import (
    ListeningPlace,
    ServeRequest,
    TlsFiles,
    listening_address,
    loopback_address,
    metrics_place,
    refuse_open_listening,
    refuse_without_account,
    server_reach,
)
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
    assert "from another machine: ssh -L" in refused.value.hint


def opened(host: str, *proxies: str, tls: bool = False) -> ServeRequest:
    files = TlsFiles(Path("cert.pem"), Path("key.pem")) if tls else None
    return ServeRequest(host, tls=files, reach=server_reach([], proxies))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "fe80::1"])  # noqa: S104
def test_others_are_served_with_tls_or_by_a_named_proxy_alone(host: str) -> None:
    with pytest.raises(Invalid, match="without TLS and without a named proxy") as refused:
        refuse_open_listening(opened(host))
    assert refused.value.remedy == "bring_tls"
    refuse_open_listening(opened(host, tls=True))
    refuse_open_listening(opened(host, "10.0.3.0/24"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_is_served_as_it_is(host: str) -> None:
    refuse_open_listening(opened(host))
    refuse_without_account(opened(host), lambda: False)


def test_others_are_served_once_there_is_an_account() -> None:
    with pytest.raises(Invalid, match="before anybody has an account") as refused:
        refuse_without_account(opened("0.0.0.0", tls=True), lambda: False)  # noqa: S104
    assert refused.value.remedy == "make_first_account"
    refuse_without_account(opened("0.0.0.0", tls=True), lambda: True)  # noqa: S104


@pytest.mark.parametrize("host", ["", "example.com", "localhost.evil.test", "1.2.3", "0.0.0.0:80"])
def test_a_name_is_no_address_to_listen_at(host: str) -> None:
    with pytest.raises(Invalid, match="an address of this machine"):
        listening_address(host)


@pytest.mark.parametrize("name", ["coach example", "https://a", "a/b", "a@b", "-a", "a:b", "a..b"])
def test_what_is_no_public_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="public name"):
        server_reach([name], [])


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "proxy", "10.0.3.1/24", "*"])
def test_a_proxy_is_an_address_or_a_network_but_not_everybody(network: str) -> None:
    with pytest.raises(Invalid, match="trusted proxy"):
        server_reach([], [network])


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
