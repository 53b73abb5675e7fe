"""docs/protocol/storage.md in Python, written from the page alone."""

from base import H, network, public_key, sign, signed_bytes, u8, u16, u64, verify

NET = "nodus/1/vectors"
SIZES = (2048, 4096, 8192, 16384, 32768, 65536)
MOST_SDP = 16384
MOST_LISTED = 512


class Malformed(Exception):
    pass


# Cells, addresses, stamps


def header(expiry, tag):
    return u8(1) + u8(1) + u16(expiry) + tag


def cell_hash(cell):
    return H("cell", cell)


def address(kind, write_pk, owner_pk, day):
    return H("address", u8(kind), write_pk, owner_pk, u16(day))


def card_address(ed_pk, mldsa_pk):
    return H("card", H("identity", ed_pk, H("mldsa", mldsa_pk)))


def stamp_bits(net, at, tag, digest, nonce):
    value = int.from_bytes(H("stamp", net, at, tag, digest, u64(nonce)), "big")
    return 256 - value.bit_length()


# What is signed


def put_bytes(at, digest):
    return at + digest


def delete_bytes(at, head, reason):
    return at + head + u8(reason)


def read_bytes(op, holder, inner, sent, at):
    return u8(op) + holder + inner + u64(sent) + at


def stored_bytes(at, tag, digest, expiry, holder):
    return at + tag + digest + u16(expiry) + holder


def proves_deletion(net, owner_pk, at, head, reason, sig):
    return verify(owner_pk, sig, "delete", net, delete_bytes(at, head, reason))


# Answers


class Reader:
    def __init__(self, data):
        self.left = data

    def take(self, count):
        if len(self.left) < count:
            raise Malformed("cut")
        part, self.left = self.left[:count], self.left[count:]
        return part

    def number(self, size, most=None):
        value = int.from_bytes(self.take(size), "big")
        if most is not None and value > most:
            raise Malformed("not in the list")
        return value

    def authority(self):
        signer, sig = self.number(1, 2), self.take(64)
        if signer == 0 and any(sig):
            raise Malformed("a signature of nobody")
        return {"signer": signer, "sig": sig}

    def rest(self):
        part, self.left = self.left, b""
        return part


def listed(reader):
    count = reader.number(2, MOST_LISTED)
    entries = []
    for _ in range(count):
        entry = {"header": reader.take(20), "state": reader.number(1, 2)}
        if entry["state"] == 0:
            raise Malformed("an entry that is absent")
        entries.append(entry)
    return {"entries": entries}


def cell(reader):
    body = {"left": reader.number(1), **reader.authority(), "stamp": reader.number(8), "cell": reader.rest()}
    if len(body["cell"]) not in SIZES:
        raise Malformed("no size of a cell")
    return body


def sdp(reader):
    try:
        return {"sdp": reader.take(reader.number(2, MOST_SDP)).decode("utf-8")}
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8") from error


KINDS = [
    ("none", lambda r: {}),
    ("price", lambda r: {"bits": r.number(1)}),
    ("stored", lambda r: {"address": r.take(32), "tag": r.take(16), "hash": r.take(32), "expiry": r.number(2),
                          "holder": r.take(32), "sig": r.take(64)}),
    ("listed", listed),
    ("state", lambda r: {"state": r.number(1, 2)}),
    ("cell", cell),
    ("tombstone", lambda r: {"left": r.number(1), "header": r.take(20), "reason": r.number(1, 2), "sig": r.take(64)}),
    ("missing", lambda r: {"left": r.number(1), "tag": r.take(16)}),
    ("notify", lambda r: {"header": r.take(20)}),
    ("welcome", lambda r: {}),
    ("refuse", lambda r: {"code": r.number(1, 3), "retryAfter": r.number(2)}),
    ("linked", lambda r: {}),
    ("answer", sdp),
    ("ended", lambda r: {"reason": r.number(1, 2), "sig": r.take(64)}),
]


def decode_answer(data):
    reader = Reader(data)
    inner, code = reader.take(16), reader.number(1, 10)
    kind, fields = KINDS[reader.number(1, len(KINDS) - 1)]
    body = {"kind": kind, **fields(reader)}
    if reader.left:
        raise Malformed("more than its layout")
    return {"innerId": inner, "code": code, "body": body}


# Vectors


def plain(value):
    """As JSON holds it: bytes in hex, numbers beyond 2^53 of the stamp as text."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: {"big": str(one)} if name == "stamp" else plain(one) for name, one in value.items()}
    return value


def numbered(first, count):
    return bytes((first + at) % 256 for at in range(count))


def vectors():
    net = network(NET)
    seed, other_seed, holder_seed = numbered(1, 32), numbered(65, 32), numbered(129, 32)
    key, other, zero = public_key(seed), public_key(other_seed), bytes(32)
    tag, inner, holder = numbered(200, 16), numbered(40, 16), numbered(7, 32)
    head = header(1324, tag)
    small = head + bytes(2048 - len(head))
    digest = cell_hash(small)
    places = [(1, key, key, 335), (2, zero, key, 335), (3, key, other, 0), (4, key, other, 65535)]
    at = address(*places[0])
    invite = address(*places[2])
    sent = 1_790_000_000_123

    def signed(title, purpose, secret, message):
        return {"title": title, "purpose": purpose, "secret": secret.hex(), "key": public_key(secret).hex(),
                "bytes": message.hex(), "whole": signed_bytes(purpose, net, message).hex(),
                "sig": sign(secret, purpose, net, message).hex()}

    def sig_of(secret, where, what, reason, net_of=net):
        return sign(secret, "delete", net_of, delete_bytes(where, what, reason))

    dead = sig_of(seed, at, head, 0)
    receipt = sign(holder_seed, "stored", net, stored_bytes(at, tag, digest, 1324, holder))

    def proof(title, sig, where=at, what=head, reason=0, owner=key):
        return {"title": title, "ownerPk": owner.hex(), "address": where.hex(), "header": what.hex(), "reason": reason,
                "sig": sig.hex(), "proves": proves_deletion(net, owner, where, what, reason, sig)}

    later, neutral = header(1325, tag), u8(1) + bytes(31)
    turned = bytes([dead[0] ^ 1]) + dead[1:]
    above = dead[:32] + (int.from_bytes(dead[32:], "little")
                         + 2**252 + 27742317777372353535851937790883648493).to_bytes(32, "little")
    proofs = [
        proof("the owner's", dead),
        proof("of an invite, used", sig_of(other_seed, invite, head, 1), invite, head, 1, other),
        proof("by the writer of an invite", sig_of(seed, invite, head, 1), invite, head, 1, other),
        proof("for another reason", dead, reason=1),
        proof("of another address", dead, where=invite),
        proof("of another tag", dead, what=header(1324, inner)),
        proof("of another expiry", dead, what=later),
        proof("of another network", sig_of(seed, at, head, 0, network("nodus/1/other"))),
        proof("of another purpose", sign(seed, "put", net, delete_bytes(at, head, 0))),
        proof("with a bit turned", turned),
        proof("with S above the group order", above),
        proof("of zeros", bytes(64)),
        proof("by the neutral element as key, which would sign everything", neutral + bytes(32), owner=neutral),
        proof("with R of small order", neutral + dead[32:]),
    ]

    start = inner + u8(0)
    answers = [
        ("none", start + u8(0)),
        ("a price", inner + u8(1) + u8(1) + u8(23)),
        ("stored", start + u8(2) + stored_bytes(at, tag, digest, 1324, holder) + receipt),
        ("nothing listed", start + u8(3) + u16(0)),
        ("one held, one deleted", start + u8(3) + u16(2) + head + u8(1) + later + u8(2)),
        ("absent", start + u8(4) + u8(0)),
        ("a cell of the writer", start + u8(5) + u8(2) + u8(1) + sign(seed, "put", net, put_bytes(at, digest))
         + u64(2**63 + 5) + small),
        ("a cell of nobody", start + u8(5) + u8(0) + u8(0) + bytes(64) + u64(0) + small),
        ("a tombstone", start + u8(6) + u8(0) + head + u8(0) + dead),
        ("missing", start + u8(7) + u8(255) + tag),
        ("a notice", start + u8(8) + head),
        ("welcome", start + u8(9)),
        ("refuse", start + u8(10) + u8(3) + u16(300)),
        ("linked", start + u8(11)),
        ("a description", start + u8(12) + u16(5) + "v=0\u00e9".encode()),
        ("HAVE: ended", start + u8(13) + u8(0) + dead),
        ("PUT refused: ended", inner + u8(6) + u8(13) + u8(0) + dead),
        ("PUT refused as deleted by 0.2.0", inner + u8(6) + u8(0)),
    ]
    spoiled = [
        ("no kind", inner + u8(0)),
        ("code 11", inner + u8(11) + u8(0)),
        ("kind 14", start + u8(14)),
        ("none and a byte", start + u8(0) + u8(0)),
        ("state 3", start + u8(4) + u8(3)),
        ("an entry of state 0", start + u8(3) + u16(1) + head + u8(0)),
        ("513 entries", start + u8(3) + u16(513) + (head + u8(1)) * 513),
        ("a signature though nobody signs", start + u8(5) + u8(0) + u8(0) + dead + u64(0) + small),
        ("a cell of 2,047 bytes", start + u8(5) + u8(0) + u8(1) + dead + u64(0) + small[1:]),
        ("a tombstone of reason 3", start + u8(6) + u8(0) + head + u8(3) + dead),
        ("ended for reason 3", start + u8(13) + u8(3) + dead),
        ("ended with a cut signature", start + u8(13) + u8(0) + dead[1:]),
        ("ended and a byte", start + u8(13) + u8(0) + dead + u8(0)),
    ]
    refused = []
    for title, data in spoiled:
        try:
            decode_answer(data)
        except Malformed:
            refused.append({"title": title, "hex": data.hex()})
        else:
            raise AssertionError(f"taken: {title}")

    return {
        "network": {"name": NET, "hash": net.hex()},
        "addresses": [
            {"kind": kind, "writePk": write.hex(), "ownerPk": owner.hex(), "day": day,
             "address": address(kind, write, owner, day).hex()}
            for kind, write, owner, day in places
        ],
        "card": {"edPk": key.hex(), "mldsaPk": numbered(3, 2592).hex(),
                 "address": card_address(key, numbered(3, 2592)).hex()},
        "cell": {"expiry": 1324, "tag": tag.hex(), "header": head.hex(), "cell": small.hex(), "hash": digest.hex()},
        "stamps": [
            {"address": at.hex(), "tag": tag.hex(), "hash": digest.hex(), "nonce": str(nonce),
             "bits": stamp_bits(net, at, tag, digest, nonce)}
            for nonce in [0, 1, 2**64 - 1, *[n for n in range(5000) if stamp_bits(net, at, tag, digest, n) >= 8][:3]]
        ],
        "signed": [
            signed("PUT", "put", seed, put_bytes(at, digest)),
            signed("DELETE", "delete", seed, delete_bytes(at, head, 2)),
            signed("LIST", "read", seed, read_bytes(2, holder, inner, sent, at)),
            signed("GET", "read", seed, read_bytes(3, holder, inner, sent, at)),
            signed("WATCH", "read", seed, read_bytes(5, holder, inner, sent, at)),
            signed("STORED", "stored", holder_seed, stored_bytes(at, tag, digest, 1324, holder)),
        ],
        "proofs": proofs,
        "answers": [{"title": title, "hex": data.hex(), "value": plain(decode_answer(data))} for title, data in answers],
        "refused": refused,
    }
