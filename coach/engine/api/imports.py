"""Imports: fills from a statement or from a connected broker, and undoing an import.

Heavy modules are imported where they are used, so that listing the runs does not load numpy.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import field, replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from coach.engine.api import sight
from coach.engine.store import accounts, conclusions
from coach.engine.store.imports import clocks, runs
from coach.engine.store.imports import mappings as mapping_store
from coach.errors import Invalid, NotAStatement, UnreadableFile
from coach.model.accounts import check_account_name
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from coach.brokers.base import Source
    from coach.brokers.statements.mapping.choice import MappingChoice
    from coach.brokers.statements.statement import Statement
    from coach.engine.api.session import Session
    from coach.engine.imports.progress import Reporter
    from coach.engine.imports.run import ImportOrder
    from coach.engine.store.connect import CoachConnection
    from coach.model.accounts import Account, Run, RunId

    Progress = Callable[[int, int | None], None]

ZONES_HINT = "a zone such as Europe/Madrid, UTC or UTC+2"
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """How a statement is to be read.

    `label` names it where `path` does not (standard input); `wait_s` is how long to wait for
    another import of the same user. `zone` is the clock of the file's times, where the file does
    not name it. `anyway` imports fills that equal known ones but for a shift of their times.
    `shorts` declares whether the account can be short; None leaves it as it is. `columns` are the
    file's columns by what they mean, `answers` what it cannot say; the mapping that comes of them
    is kept under `save`, or under the file's name. `rows_of` are the rows of a file of several
    accounts that are read alone: those that name this one.
    """

    as_format: str | None = None
    account: str | None = None
    dry_run: bool = False
    strict: bool = False
    label: str = ""
    wait_s: float = 60.0
    zone: str = ""
    anyway: bool = False
    shorts: bool | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    save: str = ""
    rows_of: str | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """An import taken back: fills gone, fills that other imports hold, readings that came back."""

    run: Run
    removed: int
    kept: int
    restored: int


def import_statement(
    session: Session, path: Path, request: ImportRequest, progress: Progress | None = None
) -> Run:
    """Import a statement file; the same bytes into the same account are one run.

    Invalid where its rows name several accounts and the request none, or one that they do not name.
    `progress` is called with the number of rows read and the number of lines in the file.
    """
    source = opened(session, path, request)
    if request.rows_of is not None:
        return _import_one(
            session,
            path,
            _rows_of(source, request.rows_of),
            replace(request, account=request.account or request.rows_of or None),
            progress,
        )
    names = source.accounts() if request.account is None else ()
    if len(names) > 1:
        raise Invalid("account", f"not {', '.join(names)} at once", "one name for all rows")
    own = replace(request, account=request.account or "".join(names) or None)
    return _import_one(session, path, source, own, progress)


def import_each_account(
    session: Session, path: Path, request: ImportRequest, progress: Progress | None = None
) -> list[Run]:
    """Import a statement file; where its rows name several accounts, each into its own."""
    source = opened(session, path, request)
    names = source.accounts() if request.account is None else ()
    if len(names) < 2:  # noqa: PLR2004 -- several accounts
        own = replace(request, account=request.account or "".join(names) or None)
        return [_import_one(session, path, source, own, progress)]
    return [
        _import_one(
            session, path, source.of_account(name), replace(request, account=name or None), progress
        )
        for name in names
    ]


def _rows_of(source: Statement, name: str) -> Statement:
    """Return the rows that name an account; those that name none are of the file's own."""
    named = source.accounts()
    if name == source.info.account and "" in named:
        return source.of_account("")
    if name not in named:
        raise Invalid("account", f"not {name!r}", "one that its rows name", hint=", ".join(named))
    return source.of_account(name)


def _import_one(
    session: Session,
    path: Path,
    source: Statement,
    request: ImportRequest,
    progress: Progress | None,
) -> Run:
    label = _storable(request.label or path.name)
    digest, lines = _read_through(path)
    name = request.account or source.info.account
    check_account_name(name)
    run_id = runs.run_id("statement", session.user.id, name, source.info.name, digest, *_on(source))
    with bench(session, dry_run=request.dry_run, wait_s=request.wait_s):
        behind = not request.dry_run and is_behind(session)
        run = _known_run(session, run_id, label, request)
        if run is None:
            named = NamedStatement(source, run_id, name, label)
            run = _imported(session, named, request, (lines, progress))
    if not request.dry_run:
        _remember(session, source, request, label)
    return caught_up(session, run) if behind and not run.conclusions_due else run


class NamedStatement(NamedTuple):
    """A statement, the id of its run, the name of its account, and what the file is called."""

    source: Statement
    run_id: RunId
    account: str
    label: str


def _known_run(session: Session, run_id: RunId, label: str, request: ImportRequest) -> Run | None:
    """Return the run of a file that was imported before, unless it is declared anew."""
    from coach.engine.imports.again import find_done, refuse_skipped

    if request.shorts is not None:
        return None
    known = find_done(session.connection, session.user.id, run_id)
    if known is not None:
        refuse_skipped(known, label, strict=request.strict)
    return known


def _imported(
    session: Session,
    named: NamedStatement,
    request: ImportRequest,
    watched: tuple[int, Progress | None],
) -> Run:
    from coach.engine.imports.progress import Reporter
    from coach.engine.imports.run import ImportOrder

    account = _account(session, named.source, named.account)
    order = ImportOrder(
        session.user,
        account,
        named.source,
        named.run_id,
        named.label,
        request.strict,
        sight.analysis_inputs(session),
        named.source.clock,
        request.anyway,
        request.shorts,
        session.ticks,
        partial(_keep_sizes, session, named, account),
    )
    return _run(session, order, Reporter(*watched), dry_run=request.dry_run)


def opened(session: Session, path: Path, request: ImportRequest) -> Statement:
    """Open a statement on its clock; UnknownClock where neither the file nor the user names one."""
    from coach.brokers.statements import open_statement
    from coach.brokers.statements.clocks import StatementClock, find_zone

    label = request.label or path.name
    zone = find_zone(request.zone) if request.zone else None
    if request.zone and zone is None:
        raise Invalid("zone", f"not {request.zone!r}", "a time zone", hint=ZONES_HINT)
    choice = _choice(session, request)
    statement = open_statement(path, request.as_format, file_name=label, zone=zone, choice=choice)
    if statement.clock_trouble is None:
        return statement
    named = next(iter(statement.accounts()), "")
    account, source = request.account or named or statement.info.account, statement.info.name
    kept = clocks.account_zone(session.connection, session.user.id, account, source)
    if kept is None:
        raise statement.clock_trouble
    again = open_statement(
        path, request.as_format, file_name=label, zone=find_zone(kept), choice=choice
    )
    return again.on_clock(StatementClock(kept, find_zone(kept), "account"))


def _choice(session: Session, request: ImportRequest) -> MappingChoice:
    from coach.brokers.statements.mapping.choice import MappingChoice
    from coach.engine.api.statements import mappings

    known = mappings.remembered(session)
    return MappingChoice(request.columns, request.answers, known, request.save)


def _remember(session: Session, source: Statement, request: ImportRequest, label: str) -> None:
    """Keep the mapping that a person gave or completed, so that the next file needs no answer."""
    from coach.engine.api.statements import mappings

    mapping = source.mapping
    if mapping is None or not (request.columns or request.answers or request.save):
        return
    stem = "-".join(label.rpartition(".")[0].lower().split()) or label
    own = "" if request.columns else mapping.name
    name = request.save or own or stem[: mappings.LONGEST_NAME]
    mappings.keep(session, replace(mapping, name=name, zone=request.zone or mapping.zone))


def _on(source: Statement) -> list[str]:
    """Return what a clock that the user named adds to the id of a run."""
    clock = source.clock
    named = [clock.name] if clock is not None and clock.origin in {"user", "account"} else []
    if source.settled is None:
        return named
    from coach.brokers.statements.mapping.toml_text import write_mapping

    return [*named, write_mapping(replace(source.settled, name="", header=()))]


def _keep_sizes(
    session: Session, named: NamedStatement, account: Account, connection: CoachConnection
) -> None:
    sizes = named.source.contract_sizes()
    mapping_store.keep_sizes(connection, session.user.id, account.id, sizes)


def _storable(name: str) -> str:
    r"""Return a file's name as text: bytes that are none, in an odd encoding, as `\xff`."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _read_through(path: Path) -> tuple[str, int]:
    """Return the file's sha256 and its number of lines."""
    digest, lines = sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(PIECE):
                digest.update(chunk)
                found = chunk.count(b"\n")
                if not found and len(chunk) == PIECE and b"\r" not in chunk:
                    raise NotAStatement(
                        file=path.name, looks_like=f"a line of more than {PIECE} bytes (limit)"
                    )
                lines += found
    except OSError as trouble:
        raise UnreadableFile(str(path), trouble.strerror or str(trouble)) from trouble
    return digest.hexdigest(), lines


def all_runs(session: Session) -> list[Run]:
    """Return the imports, newest first."""
    return runs.runs(session.connection, session.user.id)


def run_named(session: Session, prefix: str) -> Run:
    """Return the one import whose id begins with `prefix`."""
    return runs.by_prefix(session.connection, session.user.id, prefix)


def undo(session: Session, prefix: str) -> Undone:
    """Undo the import whose id begins with `prefix`."""
    from coach.engine.api.insights import conclude_anew
    from coach.engine.imports.undo import undo_run

    run = runs.by_prefix(session.connection, session.user.id, prefix)
    with bench(session):
        behind = is_behind(session)
        taken = undo_run(
            session.connection, session.user, run, session.clock, sight.analysis_inputs(session)
        )
    if behind and not conclusions.are_due(session.connection, session.user.id):
        conclude_anew(session)
    return Undone(run, taken.removed, taken.kept, taken.restored)


@contextmanager
def bench(session: Session, *, dry_run: bool = False, wait_s: float = 60.0) -> Iterator[None]:
    """Hold the import lock; under a dry run everything inside is rolled back."""
    with sight.import_turn(session, wait_s):
        if dry_run:
            with sight.change(session, force_rollback=True):
                yield
        else:
            yield


def _account(session: Session, source: Source, name: str) -> Account:
    info = source.info
    return accounts.ensure_account(
        session.connection, session.user.id, name, info.broker, shorts=info.shorts
    )


def _run(session: Session, order: ImportOrder, reporter: Reporter, *, dry_run: bool) -> Run:
    from coach.engine.imports.run import run_import

    connect, claim = None if dry_run else session.connect, session.connection.claim
    with reporter.reporting(connect, order, session.clock, claim):
        return run_import(session.connection, order, session.clock, reporter.report)


def is_behind(session: Session) -> bool:
    """Return whether something is stored from which no conclusions were drawn yet.

    Asked before an import: one that cannot read the candles itself is not tried twice in a row.
    """
    return conclusions.are_behind(session.connection, session.user.id)


def caught_up(session: Session, run: Run) -> Run:
    """Draw the conclusions that are still due, and return the run with the warnings of that."""
    from coach.engine.api.insights import conclude_anew

    warnings = conclude_anew(session)
    unseen = (one for one in warnings if one not in run.warnings)
    return replace(run, warnings=(*run.warnings, *unseen))
