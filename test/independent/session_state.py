"""docs/protocol/session-state.md in Python, written from the page alone."""

from base import u8, u16, u32

BLOCK, KEPT, COPIES = 256, 8, 65535


def chain(fill, step):
    return bytes([fill]) * 32 + bytes([fill + 1]) * 32 + u32(step)


def short(tag):
    return int.from_bytes(tag[:4], "big") or 1


def opened(cells):
    """beyond and blocks after cells of (step, expiry, tag) were opened in this order."""
    beyond, blocks, following = 0, {}, 0
    for step, expiry, tag in cells:
        following = max(following, step + 1)
        first = following // BLOCK - KEPT + 1
        for number in [number for number in blocks if number < first]:
            beyond = max(beyond, blocks.pop(number)[0])
        if step // BLOCK < first:
            beyond = max(beyond, expiry)
            continue
        highest, tags = blocks.setdefault(step // BLOCK, (0, {}))
        tags[step % BLOCK] = short(tag)
        blocks[step // BLOCK] = (max(highest, expiry), tags)
    return beyond, blocks


def steps(beyond, blocks):
    out = u16(beyond) + u8(len(blocks))
    for number in sorted(blocks):
        expiry, tags = blocks[number]
        used = max(tags) + 1
        out += u32(number) + u16(expiry) + u16(used)
        out += b"".join(u32(tags.get(at, 0)) for at in range(used))
    return out


def session(version, established, cells, skipped):
    following = max([step + 1 for step, _, _ in cells], default=0)
    out = u8(version) + u8(established) + chain(0x10, 7) + chain(0x20, following) + u16(len(skipped))
    out += b"".join(u32(step) + bytes([fill]) * 32 + u32(since) for step, fill, since in skipped)
    return out + (steps(*opened(cells)) if version == 2 else b"")


def is_copy(cells, cell):
    beyond, blocks = opened(cells)
    step, expiry, tag = cell
    known = blocks.get(step // BLOCK, (0, {}))[1].get(step % BLOCK, 0)
    return known == short(tag) if known else expiry <= beyond


def tag(step):
    return u32((step * 2654435761 + 12345) % 2**32) + bytes(12)


def vectors():
    dense = [(step, 800 + step // 900, tag(step)) for step in range(3000)]
    sparse = [(0, 800, bytes(16)), (1999, 801, tag(1)), (3, 800, tag(2)), (4100, 802, tag(3)), (5, 803, tag(4))]
    asked = [(2999, 803, tag(2999)), (2999, 803, tag(1)), (100, 800, tag(100)), (100, 801, tag(7)), (100, 802, tag(7))]
    show = lambda cells: [{"step": step, "expiry": expiry, "tag": name.hex()} for step, expiry, name in cells]
    return {
        "sessions": [
            {"cells": show(sparse), "skipped": [[4, 5, 6]], "bytes": session(2, 1, sparse, [(4, 5, 6)]).hex()},
            {"cells": [], "skipped": [], "bytes": session(2, 0, [], []).hex()},
        ],
        "version1": session(1, 0, [], []).hex(),
        "dense": {
            "count": len(dense), "steps": steps(*opened(dense)).hex(),
            "asked": [{**one, "copy": is_copy(dense, cell)} for one, cell in zip(show(asked), asked)],
        },
    }
