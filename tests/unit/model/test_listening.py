"""Only this machine is served, and what serves many threads is no process of our own."""

import pytest

from coach.errors import Invalid
from coach.model.machine.listening import loopback_address
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


def test_what_serves_many_threads_is_no_process_of_our_own() -> None:
    with own_process():
        assert is_own_process()
        assert not in_shared_process(is_own_process)
