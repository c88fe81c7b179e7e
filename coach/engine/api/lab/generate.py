"""A generated set on disk: a market, traders on it, and the truth about them, as CSV files.

The same order gives the same bytes. Files of the same name are written anew.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal, Self, assert_never, cast, get_args

from coach.engine.lab.generator import population, tables
from coach.engine.lab.generator.faults import spoil
from coach.engine.lab.generator.market import GeneratedMarket, market
from coach.engine.lab.generator.plans import HABITS, Habit, TraderPlan
from coach.engine.lab.generator.run import TraderRun, trader
from coach.engine.lab.generator.sets import SETS, seed_in
from coach.errors import FieldsAtOdds, Invalid

Kind = Literal["rational", "crowd", "cell"]
Trouble = Literal["duplicates", "gaps", "wrong_zone", "five_fills", "deposits"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)
USUAL_COUNT = 20
STRONGEST = 3.0
DEPOSITS = 2
SUFFIXES = (".csv", ".csv.gz")
OnProgress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Who shall be made: so many of a kind; a `cell` has these habits."""

    kind: Kind
    count: int
    biases: dict[Habit, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetOrder:
    """What shall be generated; all traders share one market."""

    wanted: GenerationRequest
    seed: int
    market_seed: int
    days: int
    rev: float = 0.25
    faults: tuple[Trouble, ...] = ()
    packed: bool = False


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that was written: its rows without the head, and the hash of its bytes."""

    file: Path
    rows: int
    sha256: str


def wanted(
    traders: int | None, rational: int | None, biases: Sequence[str], intensities: Sequence[float]
) -> GenerationRequest:
    """Return who is asked for; UsageError where it makes no sense."""
    if rational is not None and (traders is not None or biases or intensities):
        raise FieldsAtOdds(
            ("rational", "traders", "bias", "intensity"),
            "rational traders have no habits",
            "choose_population",
        )
    if rational is not None:
        return GenerationRequest("rational", rational)
    count = USUAL_COUNT if traders is None else traders
    if biases or intensities:
        return GenerationRequest("cell", count, _habits(biases, intensities))
    return GenerationRequest("crowd", count)


def _habits(names: Sequence[str], intensities: Sequence[float]) -> dict[Habit, float]:
    """Pair habits with their intensities; one intensity alone is that of every habit."""
    for name in names:
        if name not in HABITS:
            raise Invalid("bias", f"not {name!r}", f"one of {', '.join(HABITS)}")
    if len(set(names)) < len(names):
        raise Invalid("bias", "not one of them twice", "each bias once")
    if not names or len(intensities) not in {1, len(names)}:
        what = f"biases: {len(names)}, intensities: {len(intensities)}"
        raise FieldsAtOdds(("bias", "intensity"), what, "pair_intensities")
    for strength in intensities:
        if not 0.0 < strength <= STRONGEST:
            allowed = f"a number above 0 and at most {STRONGEST:g}"
            raise Invalid("intensity", f"not {strength:g}", allowed, hint="1 is blatant")
    every = intensities if len(intensities) == len(names) else [*intensities] * len(names)
    return cast("dict[Habit, float]", dict(zip(names, every, strict=True)))


def read_seed(set_name: str, number: int) -> int:
    """Return the seed that a number stands for in a set; UsageError for a name that is none."""
    for name in SETS:
        if name == set_name:
            return seed_in(name, number)
    raise Invalid("set", f"not {set_name!r}", f"one of {', '.join(SETS)}")


def read_faults(text: str) -> tuple[Trouble, ...]:
    """Return the faults of a list with commas; UsageError for a name that is none."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in TROUBLES:
            raise Invalid("faults", f"not {name!r}", f"some of {', '.join(TROUBLES)}")
    return tuple(trouble for trouble in TROUBLES if trouble in names)


def generate(
    folder: Path, order: SetOrder, progress: OnProgress | None = None
) -> list[WrittenFile]:
    """Write a set into a folder, which is made where it is missing; return what was written.

    Raises UsageError where the folder holds a set in the other form, packed or not, or is none.
    """
    if not 0.0 <= order.rev <= 1.0:
        raise Invalid("rev", f"not {order.rev:g}", "a share from 0 to 1")
    ours, others = reversed(SUFFIXES) if order.packed else SUFFIXES
    for name in tables.HEADS:
        if (folder / f"{name}{others}").exists():
            reason = f"and {str(folder)!r} already holds {name}{others}"
            raise Invalid("out", reason, "a folder without another set", remedy="choose_folder")
    _make(folder)
    names = [name for name in tables.HEADS if name != "deposits" or name in order.faults]
    ground = market(order.market_seed, order.days, order.rev)
    with ExitStack() as stack:
        sheets = {
            name: stack.enter_context(SheetWriter(folder / f"{name}{ours}")) for name in names
        }
        for name, sheet in sheets.items():
            sheet.write([tables.HEADS[name]])
        sheets["candles"].write(tables.candles(ground))
        for number, run in enumerate(_runs(ground, order), start=1):
            for name, lines in ROWS.items():
                if name in sheets:
                    sheets[name].write(lines(run))
            if progress:
                progress(number, order.wanted.count)
    return [sheets[name].written() for name in names]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as file:
        reason = f"and {str(folder)!r} is something else"
        raise Invalid("out", reason, "a folder", remedy="choose_folder") from file


def _runs(ground: GeneratedMarket, order: SetOrder) -> Iterator[TraderRun]:
    deposits = DEPOSITS if "deposits" in order.faults else 0
    faults = [name for name in order.faults if name != "deposits"]
    for plan in _plans(order.wanted, order.seed):
        run = trader(ground, replace(plan, deposits=deposits), order.seed)
        yield spoil(run, faults, order.seed)


def _plans(asked: GenerationRequest, seed: int) -> Iterator[TraderPlan]:
    match asked.kind:
        case "rational":
            return population.rational(asked.count)
        case "cell":
            return population.cell(asked.biases, asked.count)
        case "crowd":
            return population.crowd(asked.count, seed)
        case _:
            assert_never(asked.kind)


ROWS: dict[str, Callable[[TraderRun], Iterator[str]]] = {
    "fills": tables.fills,
    "labels": tables.labels,
    "traders": tables.traders,
    "deposits": tables.deposits,
}


class SheetWriter:
    """A CSV file that is being written, packed where its name says so."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows = -1
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        raw = self._stack.enter_context(self._path.open("wb"))
        self._file: BinaryIO = raw
        if self._path.suffix == ".gz":
            # without a name and a time the bytes are those of the content alone
            packed = gzip.GzipFile("", "wb", 6, fileobj=raw, mtime=0)
            self._file = cast("BinaryIO", self._stack.enter_context(packed))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def write(self, lines: Iterable[str]) -> None:
        """Write lines."""
        block = [f"{line}\n" for line in lines]
        self._rows += len(block)
        self._file.write("".join(block).encode())

    def written(self) -> WrittenFile:
        """Return what the closed file holds."""
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return WrittenFile(self._path, self._rows, digest)
