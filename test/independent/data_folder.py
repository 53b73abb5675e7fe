"""docs/protocol/data-folder.md in Python, written from the page alone."""

import hashlib
import struct


def slot(value):
    number = struct.pack(">Q", value)
    return (number + hashlib.sha256(b"nodus/1/incarnation" + number).digest()).ljust(64, b"\0")


def key_file(network, bits, ed_secret, x25519_secret, nonce, period):
    fields = [1, network, bits, ed_secret.hex(), x25519_secret.hex(), nonce, period]
    check = hashlib.sha256("\n".join(str(field) for field in fields).encode()).hexdigest()
    names = ["version", "network", "bits", "edSecret", "x25519Secret", "nonce", "period"]
    file = dict(zip(names, fields))
    file["nonce"] = str(nonce)
    return {**file, "check": check}


def vectors():
    first, second = 1_780_000_000_000, 1_780_000_000_001
    return {
        "key": {"file": key_file("nodus/1/test", 0, bytes(range(32)), bytes(range(32, 64)), 123456789, 0)},
        "incarnation": {
            # The first write fills both slots; the next takes the first.
            "file": (slot(second) + slot(first)).hex(),
            # A write that was cut in its slot leaves the other.
            "torn": (slot(second)[:20].ljust(64, b"\xff") + slot(first)).hex(),
        },
    }
