"""docs/protocol/storage.md in Python, written from the page alone."""

from base import H, network, u8, u16

NET = "nodus/1/vectors"


def address(kind, write_pk, owner_pk, day):
    return H("address", u8(kind), write_pk, owner_pk, u16(day))


def vectors():
    key, other, zero = bytes(range(32)), bytes(range(100, 132)), bytes(32)
    places = [(1, key, key, 335), (2, zero, key, 335), (3, key, other, 0)]
    return {
        "network": {"name": NET, "hash": network(NET).hex()},
        "addresses": [
            {"kind": kind, "writePk": write.hex(), "ownerPk": owner.hex(), "day": day,
             "address": address(kind, write, owner, day).hex()}
            for kind, write, owner, day in places
        ],
    }
