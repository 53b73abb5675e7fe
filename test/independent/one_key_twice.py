"""docs/protocol/one-key-twice.md in Python, written from the page alone."""

from base import u64

DAY = 86_400_000


def at_start(stored, wall):
    return {"stored": None if stored is None else u64(stored).hex(), "wall": wall,
            "written": u64(max(stored or 0, wall)).hex(),
            "compared": wall + DAY if stored is None else stored}


def vectors():
    now = 1_790_000_000_000
    return {"starts": [at_start(None, now), at_start(now - DAY, now), at_start(now + DAY, now), at_start(now + 1, now)]}
