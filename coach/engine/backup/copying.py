"""One moment of a database copied into an empty one, which may be of another version; compared."""

import io
import zlib
from collections.abc import Iterator

from coach.engine.backup.manifest import Manifest
from coach.engine.backup.programs import Fitting, dumped, psql
from coach.engine.backup.reading import GZIP
from coach.engine.store.backup.contents import snapshot, sums
from coach.engine.store.connect import connect
from coach.engine.store.isolation import app_role
from coach.errors import Refused


def copy_database(source: str, target: str) -> None:
    """Copy the database at one URL into the one at another, and compare the rows of every table.

    What may be lost is left out, and so are owners and rights. Refused where a table is not what it
    was; the target is then not to be used.
    """
    with connect(source) as reading, snapshot(reading) as moment:
        before = Manifest("", tuple(sums(reading)), ())
        with connect(target) as writing:
            app_role.make(writing)  # policies name it
        with psql(target) as into:
            fitting = Fitting()
            for line in _lines(dumped(source, moment)):
                into.write(fitting.fitted(line))
    with connect(target) as compared:
        different = before.differences(sums(compared))
    if different:
        raise Refused(
            "nothing was changed; look at the log of the database",
            what=f"the copy is not what was copied: {'; '.join(different[:3])}",
        )


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacking, begun = zlib.decompressobj(GZIP), b""
    for piece in pieces:
        text = begun + unpacking.decompress(piece)
        whole = text.rfind(b"\n") + 1
        begun = text[whole:]
        yield from io.BytesIO(text[:whole])
    yield begun + unpacking.flush()
