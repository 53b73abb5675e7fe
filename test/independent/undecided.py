"""docs/protocol/undecided.md in Python, written from the page alone."""

import base64
import json


def octets(value):
    return {"$bytes": base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")}


def where(at):
    if "pair" in at:
        return f"{at['pair'][:32]}-{at['day']}"
    return f"inbox-{at['inbox']}" if "inbox" in at else f"invite-{at['invite']}"


def record(at, header, due, key=None):
    name = f"{where(at)}-{header[4:20].hex()}"
    value = {"id": name, "at": at, "header": octets(header), "due": due}
    if key is not None:
        pair = {"pk": octets(key["pk"]), "secret": octets(key["secret"])}
        value["box"] = {"kind": 1, "day": at["day"], "write": pair, "owner": pair}
    return {"key": f"deletion/{name}", "value": json.dumps(value, separators=(",", ":"))}


def vectors():
    header = bytes([1, 1, 3, 60]) + bytes(range(16))
    key = {"pk": bytes(range(100, 132)), "secret": bytes(range(32))}
    due = 1784000000123
    cases = [({"pair": "ab" * 64, "day": 195}, key), ({"inbox": 195}, None), ({"invite": "0123456789abcdef"}, None)]
    return {
        "due": due,
        "header": header.hex(),
        "pk": key["pk"].hex(),
        "secret": key["secret"].hex(),
        "records": [{"at": at, **record(at, header, due, secret)} for at, secret in cases],
    }
