"""Whole HTTP requests and answers, read from a stream and written to one; the framing is h11's."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import h11

Headers = list[tuple[bytes, bytes]]

OF_ONE_CONNECTION = frozenset(
    {b"connection", b"keep-alive", b"transfer-encoding", b"proxy-connection", b"upgrade"}
)


@dataclass(frozen=True)
class Asked:
    """A request; the headers are those that are not about one connection alone."""

    method: bytes
    target: bytes
    headers: Headers
    body: bytes

    def __str__(self) -> str:
        """Return it for a diary: `POST /survey/3/five do=save&one=2`."""
        parts = (self.method, self.target, self.body[:400])
        return " ".join(part.decode(errors="replace") for part in parts).strip()


@dataclass(frozen=True)
class Answered:
    """An answer to a request."""

    status: int
    reason: bytes
    headers: Headers
    body: bytes


async def read_request(wire: h11.Connection, reader: asyncio.StreamReader) -> Asked | None:
    """Read the next request of a connection; None where the other side hung up instead."""
    head, body = await _whole(wire, reader)
    if not isinstance(head, h11.Request):
        return None
    return Asked(head.method, head.target, _lasting(head.headers), body)


async def write_answer(
    wire: h11.Connection, writer: asyncio.StreamWriter, request: Asked, answer: Answered
) -> bool:
    """Answer a request; return whether the connection may be used again."""
    headers = answer.headers
    if request.method != b"HEAD" and answer.status not in (204, 304):
        size = (b"content-length", str(len(answer.body)).encode())
        headers = [*(pair for pair in headers if pair[0] != b"content-length"), size]
    head = h11.Response(status_code=answer.status, reason=answer.reason, headers=headers)
    data = wire.send(head) or b""
    if request.method != b"HEAD" and answer.body:
        data += wire.send(h11.Data(data=answer.body)) or b""
    writer.write(data + (wire.send(h11.EndOfMessage()) or b""))
    await writer.drain()
    if wire.our_state is not h11.DONE or wire.their_state is not h11.DONE:
        return False
    wire.start_next_cycle()
    return True


async def exchange(port: int, request: Asked) -> Answered | None:
    """Ask a server on this machine over a connection of its own; None where it hung up before it answered."""
    wire = h11.Connection(h11.CLIENT)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        headers = [*request.headers, (b"connection", b"close")]
        head = h11.Request(method=request.method, target=request.target, headers=headers)
        data = (wire.send(head) or b"") + (wire.send(h11.Data(data=request.body)) or b"")
        writer.write(data + (wire.send(h11.EndOfMessage()) or b""))
        await writer.drain()
        answer, body = await _whole(wire, reader)
    except (OSError, h11.ProtocolError):
        return None  # it was killed in the middle
    finally:
        writer.close()
    if not isinstance(answer, h11.Response):
        return None
    return Answered(answer.status_code, answer.reason, _lasting(answer.headers), body)


async def _whole(
    wire: h11.Connection, reader: asyncio.StreamReader
) -> tuple[h11.Request | h11.Response | None, bytes]:
    head: h11.Request | h11.Response | None = None
    body = bytearray()
    while True:
        event = wire.next_event()
        if event is h11.NEED_DATA:
            wire.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request | h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return head, bytes(body)
        elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
            return None, b""


def _lasting(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return [(name, value) for name, value in headers if name not in OF_ONE_CONNECTION]
