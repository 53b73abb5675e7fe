"""docs/protocol/conventions.md in Python: numbers, H, purposes, Ed25519. Written from the page, not from the core."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def u8(value):
    return value.to_bytes(1, "big")


def u16(value):
    return value.to_bytes(2, "big")


def u32(value):
    return value.to_bytes(4, "big")


def u64(value):
    return value.to_bytes(8, "big")


def prefix(purpose):
    """What every hash, signature and proof of work starts with."""
    text = b"nodus/1/" + purpose.encode("ascii")
    return u8(len(text)) + text


def H(purpose, *parts):
    return hashlib.blake2b(prefix(purpose) + b"".join(parts), digest_size=32).digest()


def network(name):
    """The 16 bytes that keep signatures and work of one network out of another."""
    return H("network", name.encode("utf-8"))[:16]


def public_key(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def signed_bytes(purpose, net, *parts):
    return prefix(purpose) + net + b"".join(parts)


def sign(seed, purpose, net, *parts):
    return Ed25519PrivateKey.from_private_bytes(seed).sign(signed_bytes(purpose, net, *parts))


P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def point(data):
    """The point of 32 bytes (RFC 8032, 5.1.3) as x, y; None where they are none."""
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        return None
    return (-x % P if x & 1 != sign else x), y % P


def is_small(data):
    """No point, or one whose eightfold is the neutral element."""
    found = point(data)
    if found is None:
        return True
    x, y = found
    for _ in range(3):
        both = D * x * x * y * y % P
        x, y = 2 * x * y * pow(1 + both, -1, P) % P, (y * y + x * x) * pow(1 - both, -1, P) % P
    return x == 0 and y == 1


def verify(key, sig, purpose, net, *parts):
    """The library's check, and what the page asks beyond it."""
    if int.from_bytes(sig[32:], "little") >= L or is_small(key) or is_small(sig[:32]):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(sig, signed_bytes(purpose, net, *parts))
        return True
    except (InvalidSignature, ValueError):
        return False
