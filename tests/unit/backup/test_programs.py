"""A dump fits an older server and one of other roles; what users wrote stays as it is."""

from coach.engine.backup.programs import Fitting

POLICY = b"CREATE POLICY all_rows_for_the_owner ON public.account TO coach USING (true);\n"
MINE = b"CREATE POLICY all_rows_for_the_owner ON public.account TO CURRENT_USER USING (true);\n"
NEWER = b"SET transaction_timeout = 0;\n"
COPY = b"COPY public.note (text) FROM stdin;\n"


def fitted(*lines: bytes) -> list[bytes]:
    fitting = Fitting()
    return [fitting.fitted(line) for line in lines]


def test_what_an_older_server_does_not_know_is_left_out() -> None:
    assert fitted(b"SET lock_timeout = 0;\n", NEWER) == [b"SET lock_timeout = 0;\n", b""]


def test_the_owners_policy_is_that_of_whoever_restores() -> None:
    assert fitted(POLICY) == [MINE]


def test_rows_are_never_changed() -> None:
    data = [COPY, NEWER, POLICY, b"\\.\n"]
    assert fitted(*data, NEWER) == [*data, b""]
