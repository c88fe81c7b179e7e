"""Seeded changes of a file: flipped, cut, doubled, mixed with others and with what is dreaded."""

import random
from collections.abc import Iterator, Sequence

BYTES = rb"""\x00 \xff\xfe \xef\xbb\xbf \r \n \t \xed\xa0\x80 \xd9\xa3 \xe2\x80\xa8 \x1b[2J " ' \\
, ; 1e999999999 -0 NaN Infinity true null =cmd() ../../etc/passwd %s%n
0001-01-01T00:00:00+14:00 9999-12-31T23:59:59-14:00"""
DEEP = (b"[" * 2_000, b'{"a":' * 2_000, b"9" * 400)
DREADED = (*(one.decode("unicode_escape").encode("latin-1") for one in BYTES.split()), *DEEP)
"""What parsers have stumbled over elsewhere: marks, ends of lines, huge numbers, depth."""


def changed(corpus: Sequence[bytes], seed: int, count: int) -> Iterator[bytes]:
    """Yield the files of a corpus, and then so many changed ones; the same for the same seed."""
    yield from corpus
    dice = random.Random(seed)
    for _ in range(count):
        content = dice.choice(corpus)
        for _ in range(dice.randint(1, 4)):
            content = _change(content, corpus, dice)
        yield content


def _change(content: bytes, corpus: Sequence[bytes], dice: random.Random) -> bytes:
    begin = dice.randint(0, len(content))
    end = dice.randint(begin, min(len(content), begin + 40))
    piece = content[begin:end]
    match dice.randint(0, 5):
        case 0:
            flipped = bytes(byte ^ 1 << dice.randint(0, 7) for byte in piece)
            return content[:begin] + flipped + content[end:]
        case 1:
            return content[:begin] + content[end:]
        case 2:
            return content[:begin] + piece * dice.randint(2, 50) + content[end:]
        case 3:
            return content[:begin] + dice.choice(DREADED) + content[end:]
        case 4:
            return content[:begin]
        case _:
            other = dice.choice(corpus)
            return content[:begin] + other[dice.randint(0, len(other)) :]
