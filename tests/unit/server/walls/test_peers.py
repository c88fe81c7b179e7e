"""Whose socket is at the other end, read from tables as Linux writes them."""

from pathlib import Path

import pytest

from coach.server.walls.peers import is_our_own

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
OURS, ANOTHERS = 1000, 1001
SERVER, CLIENT = ("127.0.0.1", 8321), ("127.0.0.1", 51234)
V4 = "0100007F:C822 0100007F:2081"
V6 = "00000000000000000000000001000000:C822 00000000000000000000000001000000:2081"
BACK = "0100007F:2081 0100007F:C822"


def line(ends: str, owner: int, inode: int = 99) -> str:
    return (
        f"   3: {ends} 01 00000000:00000000 00:00000000 00000000  {owner}        0 {inode} 2 0 20\n"
    )


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    (tmp_path / "tcp6").write_text(HEADER)
    return tmp_path


def heard(tables: Path, *lines: str) -> bool:
    (tables / "tcp").write_text(HEADER + "".join(lines))
    return is_our_own(CLIENT, SERVER, tables, OURS)


def test_a_socket_of_the_same_user_is_heard(tables: Path) -> None:
    assert heard(tables, line(BACK, ANOTHERS), line(V4, OURS))


def test_root_is_heard_since_it_may_read_all_anyway(tables: Path) -> None:
    assert heard(tables, line(V4, 0))


def test_a_socket_of_another_user_is_not(tables: Path) -> None:
    assert not heard(tables, line(BACK, OURS), line(V4, ANOTHERS))


def test_a_socket_that_its_process_let_go_of_is_nobody_s(tables: Path) -> None:
    assert not heard(tables, line(V4, 0, inode=0))


def test_a_socket_that_is_in_no_table_is_not_heard(tables: Path) -> None:
    assert not heard(tables)


def test_what_does_not_come_over_loopback_is_not_heard(tables: Path) -> None:
    (tables / "tcp").write_text(HEADER + line(V4, OURS))
    assert not is_our_own(("192.168.1.7", 51234), SERVER, tables, OURS)


def test_version_6_of_the_protocol_has_a_table_of_its_own(tables: Path) -> None:
    (tables / "tcp6").write_text(HEADER + line(V6, OURS))
    assert is_our_own(("::1", 51234), ("::1", 8321), tables, OURS)
    assert not is_our_own(("::1", 51234), ("::1", 8321), tables, ANOTHERS)


def test_where_there_are_no_tables_all_of_this_machine_is_one_user(tmp_path: Path) -> None:
    assert is_our_own(CLIENT, SERVER, tmp_path / "none", OURS)
