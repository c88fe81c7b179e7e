"""What goes wrong between a broker and a journal: the truth stays, the record suffers."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, assert_never, get_args

from coach.engine.lab.generator.chance import Stream
from coach.engine.lab.generator.run import TraderRun

Fault = Literal["duplicates", "gaps", "wrong_zone", "five_fills"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
TWICE = 0.10
MISSING = 0.05
A_FEW = 5
HOUR_US = 3_600_000_000


def spoil(run: TraderRun, faults: Iterable[Fault], seed: int) -> TraderRun:
    """Return the record with the faults; labels of fills that are gone go too."""
    for fault in faults:
        run = _spoiled(run, fault, Stream("fault", fault, run.name, seed))
    return run


def _spoiled(run: TraderRun, fault: Fault, stream: Stream) -> TraderRun:
    count = len(run.trade_id)
    share = float(stream.uniforms(1)[0])
    match fault:
        case "duplicates":
            begin, end = _span(count, TWICE, share)
            return _picked(run, [*range(count), *range(begin, end)])
        case "gaps":
            begin, end = _span(count, MISSING, share)
            return _picked(run, [*range(begin), *range(end, count)])
        case "wrong_zone":
            shift = int((run.utc_offset_h or 1.0) * HOUR_US)
            return replace(run, time_us=tuple(moment + shift for moment in run.time_us))
        case "five_fills":
            return _picked(run, list(range(max(count - A_FEW, 0), count)))
        case _:
            assert_never(fault)


def _span(count: int, part: float, share: float) -> tuple[int, int]:
    """Return where a run of rows begins and ends, at least one row where there is one."""
    length = min(max(round(count * part), 1), count)
    begin = int(share * (count - length + 1))
    return begin, begin + length


def _picked(run: TraderRun, rows: list[int]) -> TraderRun:
    left = {run.trade_id[row] for row in rows}
    return replace(
        run,
        trade_id=tuple(run.trade_id[row] for row in rows),
        time_us=tuple(run.time_us[row] for row in rows),
        symbol=tuple(run.symbol[row] for row in rows),
        side=tuple(run.side[row] for row in rows),
        qty=tuple(run.qty[row] for row in rows),
        price=tuple(run.price[row] for row in rows),
        fee=tuple(run.fee[row] for row in rows),
        labels=tuple(label for label in run.labels if label[0] in left),
    )
