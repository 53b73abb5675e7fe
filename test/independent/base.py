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


def verify(key, sig, purpose, net, *parts):
    """Whether it verifies. The page's strict rules are vectors of their own: this library is laxer about small orders."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(sig, signed_bytes(purpose, net, *parts))
        return True
    except (InvalidSignature, ValueError):
        return False
