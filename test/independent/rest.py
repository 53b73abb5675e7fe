"""docs/protocol/at-rest.md in Python, written from the page alone. Databases as {store: {key: bytes}}."""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from base import u16, u32, u64

NET = "nodus/1/vectors"


def sealed(key, nonce, name, value):
    return nonce + AESGCM(key).encrypt(nonce, value, name.encode("utf-8"))


def generations(secrets, history, following):
    return u32(secrets) + u32(history) + u32(following)


def row(name, value):
    head = u16(len(name)) + name.encode("ascii")
    return head + b"\x00" if value is None else head + b"\x01" + u32(len(value)) + value


class Part:
    """A database with a key of its own; nonces count up, which only a vector may do."""

    def __init__(self, key, epoch):
        self.key, self.nonce = key, 0
        self.entries = {"epoch": u64(epoch)}

    def put(self, name, value):
        self.nonce += 1
        self.entries[name] = sealed(self.key, self.nonce.to_bytes(12, "big"), name, value)

    def json(self):
        return {"key": self.key.hex(), "entries": {name: value.hex() for name, value in self.entries.items()}}


def text(number):
    return "text/00112233/%010d" % number


def version_2():
    secrets, history = Part(bytes(range(32)), 7), Part(bytes(range(32, 64)), 6)
    secrets.put("me", b"who")
    secrets.put("chat/00112233", b"state")
    history.put(text(1), b"one")
    history.put(text(2), b"two, before")
    history.put(text(3), b"three, removed")
    # The end came before the history had these.
    secrets.put("journal/000000000004", row(text(2), b"two, between") + row(text(3), None))
    secrets.put("journal/000000000005", row(text(2), b"two") + row(text(4), b""))
    records = {"me": "who", "chat/00112233": "state", text(1): "one", text(2): "two", text(4): ""}
    pointer = {"epoch": u64(7).hex(), "generations": generations(3, 5, 6).hex()}
    return {
        "databases": {"rest": {"entries": pointer}, "secrets-3": secrets.json(), "history-5": history.json()},
        "records": records,
    }


def version_1():
    personal = Part(bytes(range(64, 96)), 9)
    records = {"me": "who", "chat/00112233": "state", text(1): "one", text(2): "two"}
    for name, value in records.items():
        personal.put(name, value.encode("ascii"))
    databases = {"personal": {"entries": personal.json()["entries"]}, "key": {"key": personal.key.hex(), "entries": {}}}
    # The pointer after the move: the next epoch after 9, the first two generations, the third is next.
    moved = {"epoch": u64(11).hex(), "generations": generations(1, 2, 3).hex()}
    return {"databases": databases, "records": records, "pointer": moved}


def vectors():
    name, value = text(1), bytes(range(100))
    rows = [(text(1), value), (text(2), None), (text(3), b"")]
    return {
        "network": NET,
        "sealed": [
            {"key": bytes(range(32)).hex(), "name": at, "value": what.hex(),
             "sealed": sealed(bytes(range(32)), bytes(range(12)), at, what).hex()}
            for at, what in [(name, value), ("me", b""), ("prefs", b"{}")]
        ],
        "journal": {
            "changes": [{"key": at, "value": None if what is None else what.hex()} for at, what in rows],
            "record": b"".join(row(at, what) for at, what in rows).hex(),
        },
        "version2": version_2(),
        "version1": version_1(),
    }
