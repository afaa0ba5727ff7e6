"""A TARS servant with the interface of tars/hooks.tars and nothing of Statecast: its own reader and writer of the wire.

It prints its port, and answers subscribe, publish and connect until it is ended.
"""

import json
import socketserver
import struct

INT1, INT2, INT4, INT8, FLOAT, DOUBLE, STRING1, STRING4, MAP, LIST, BEGIN, END, ZERO, BYTES = range(14)
NUMBERS = {INT1: ">b", INT2: ">h", INT4: ">i", INT8: ">q", FLOAT: ">f", DOUBLE: ">d"}
ALLOW, REFUSE, CLOSE = range(3)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        part = self.data[self.at : self.at + count]
        if len(part) < count:
            raise EOFError
        self.at += count
        return part

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def field(self):
        head = self.take(1)[0]
        tag = head >> 4 if head >> 4 < 15 else self.take(1)[0]
        return tag, self.value(head & 15)

    def value(self, kind):
        if kind in NUMBERS:
            return self.number(NUMBERS[kind])
        if kind == STRING1:
            return self.take(self.number(">B")).decode()
        if kind == STRING4:
            return self.take(self.number(">I")).decode()
        if kind == MAP:
            return {self.field()[1]: self.field()[1] for _ in range(self.field()[1])}
        if kind == LIST:
            return [self.field()[1] for _ in range(self.field()[1])]
        if kind == BEGIN:
            return self.fields()
        if kind == ZERO:
            return 0
        if kind == BYTES:
            self.take(1)
            return self.take(self.field()[1])
        raise ValueError(f"type {kind}")

    def fields(self):
        """The fields of a struct by their tags, up to its end or that of the data."""
        found = {}
        while self.at < len(self.data):
            if self.data[self.at] & 15 == END:
                self.at += 1
                break
            tag, value = self.field()
            found[tag] = value
        return found


def head(tag, kind):
    return bytes([tag << 4 | kind]) if tag < 15 else bytes([0xF0 | kind, tag])


def write(tag, value):
    if isinstance(value, bool) or isinstance(value, int):
        if value == 0:
            return head(tag, ZERO)
        for kind, bits in ((INT1, 8), (INT2, 16), (INT4, 32), (INT8, 64)):
            if -(1 << bits - 1) <= value < 1 << bits - 1:
                return head(tag, kind) + struct.pack(NUMBERS[kind], value)
    if isinstance(value, str):
        text = value.encode()
        short = len(text) < 256
        return head(tag, STRING1 if short else STRING4) + struct.pack(">B" if short else ">I", len(text)) + text
    if isinstance(value, bytes):
        return head(tag, BYTES) + head(0, INT1) + write(0, len(value)) + value
    if isinstance(value, list):
        return head(tag, LIST) + write(0, len(value)) + b"".join(write(0, item) for item in value)
    if isinstance(value, Named):
        pairs = b"".join(write(0, key) + write(1, item) for key, item in value.items())
        return head(tag, MAP) + write(0, len(value)) + pairs
    return head(tag, BEGIN) + b"".join(write(t, v) for t, v in value.items()) + head(0, END)


class Named(dict):
    """A map of TARS. Other dicts are structs: their keys are tags."""


def answer(func, args):
    """The decision, the answer and the reason, with the tags of their parameters."""
    client = args[1]
    if func == "connect":
        user = client.get(5, {}).get("x-user", "")
        rooms = Named({"inbox": {1: json.dumps({"for": user})}})
        return ALLOW, {3: {0: user, 2: json.dumps({"name": user.upper()}), 4: ["news"], 5: rooms}, 4: {0: 0}}
    if func == "subscribe":
        if args[2] == "closed":
            return CLOSE, {5: {}, 6: {0: 4501, 1: "leave"}}
        if args[2] == "full":
            return REFUSE, {5: {}, 6: {0: 470, 1: "no seat", 2: True}}
        told = {"room": args[2], "user": client.get(1, ""), "long": "é" * 300}
        return ALLOW, {5: {1: json.dumps(told)}, 6: {0: 0}}
    if func == "publish":
        return ALLOW, {4: {0: json.dumps([json.loads(args[3])]), 2: Named({"by": "python"})}, 5: {0: 0}}
    return None


class Servant(socketserver.StreamRequestHandler):
    def handle(self):
        while length := self.rfile.read(4):
            request = Reader(self.rfile.read(struct.unpack(">I", length)[0] - 4)).fields()
            answered = answer(request[6], Reader(request[7]).fields())
            status, body = (-3, b"") if answered is None else (0, write(0, answered[0]) + b"".join(
                write(tag, value) for tag, value in answered[1].items()))
            packet = {1: request[1], 2: 0, 3: request[4], 4: 0, 5: status, 6: body, 7: Named(), 8: "", 9: Named()}
            written = b"".join(write(tag, value) for tag, value in packet.items())
            self.wfile.write(struct.pack(">I", len(written) + 4) + written)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    with Server(("127.0.0.1", 0), Servant) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()
