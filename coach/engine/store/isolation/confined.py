"""Connections and cursors that keep to one user, where a confinement is set."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import psycopg
from psycopg.abc import Params, Query
from psycopg.pq import TransactionStatus
from psycopg.rows import Row, TupleRow, tuple_row

from coach.engine.store.isolation import app_role
from coach.engine.store.isolation.confinement import ROLE, Confinement
from coach.model.accounts import UserId

if TYPE_CHECKING:
    from psycopg.copy import Writer
    from psycopg.pq.abc import PGconn
    from psycopg.rows import RowFactory

BEGIN = psycopg.sql.SQL("begin; ")


class ConfinedTransactions(psycopg.Connection[TupleRow]):
    """A connection in autocommit; while it has a `confinement` each transaction keeps to it."""

    confinement: Confinement | None = None
    app_role: str | None = None
    """The role to take on, empty where it cannot be; None before anybody looked."""

    def __init__(self, pgconn: "PGconn", row_factory: "RowFactory[TupleRow]" = tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self.cursor_factory = ConfinedCursor

    @contextmanager
    def confined_to(self, user_id: UserId) -> Iterator[None]:
        """Reach the rows of this user alone until the block ends.

        A block inside it reaches those of the same user: nobody leaves a confinement by another.
        """
        if self.confinement is not None and self.confinement.user_id != user_id:
            raise RuntimeError("a connection is confined to one user at a time")
        if self.app_role is None:
            self.app_role = ROLE if app_role.is_usable(self) else ""
        before = self.confinement
        self.confinement = Confinement(user_id, self.app_role)
        try:
            yield
        finally:
            self.confinement = before

    @contextmanager
    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> Iterator[psycopg.Transaction]:
        """Open a transaction, or a savepoint inside another one, that keeps to the confinement."""
        begins = self._is_unconfined()
        with super().transaction(savepoint_name, force_rollback) as opened:
            if begins and self.confinement is not None:
                self._run(self.confinement.statements())
            yield opened

    @contextmanager
    def confined_statement(self) -> Iterator[None]:
        """Give a statement that stands alone a transaction that keeps to the confinement."""
        if self.confinement is None or not self._is_unconfined():
            yield
            return
        self._run(BEGIN + self.confinement.statements())
        try:
            yield
        except BaseException:
            if not self.closed:
                self.rollback()
            raise
        self.commit()

    def _is_unconfined(self) -> bool:
        return self.info.transaction_status == TransactionStatus.IDLE

    def _run(self, statements: psycopg.sql.Composed) -> None:
        # Several statements at once, in one journey to the server: such text cannot be prepared.
        psycopg.Cursor(self).execute(statements, prepare=False)


class ConfinedCursor(psycopg.Cursor[Row]):
    """A cursor whose statements keep to the confinement of its connection."""

    def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
    ) -> Self:
        """Run a statement."""
        with self._confined():
            return super().execute(query, params, prepare=prepare, binary=binary)  # type: ignore[misc, arg-type]

    def executemany(
        self, query: Query, params_seq: Iterable[Params], *, returning: bool = False
    ) -> None:
        """Run a statement for each of several sets of values."""
        with self._confined():
            super().executemany(query, params_seq, returning=returning)

    def stream(
        self,
        query: Query,
        params: Params | None = None,
        *,
        binary: bool | None = None,
        size: int = 1,
    ) -> Iterator[Row]:
        """Yield the rows of a query as they come."""
        with self._confined():
            yield from super().stream(query, params, binary=binary, size=size)

    @contextmanager
    def copy(
        self,
        statement: Query,
        params: Params | None = None,
        *,
        writer: "Writer | None" = None,
    ) -> Iterator[psycopg.Copy]:
        """Copy rows in or out."""
        with self._confined(), super().copy(statement, params, writer=writer) as copying:
            yield copying

    @contextmanager
    def _confined(self) -> Iterator[None]:
        connection = self.connection
        assert isinstance(connection, ConfinedTransactions)
        with connection.confined_statement():
            yield
