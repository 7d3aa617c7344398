"""A network between one phone and the server, on which the phone's plan of faults comes true.

A proxy that reads whole requests and answers (framing by h11), so that each can be lost, held or repeated as a
whole. It serves one phone, so that a plan is told by the phone's seed and the number of its request.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import h11

from bench.campaign.fates import Decision, decide

HELD_AT_MOST = 4.0
"""A request that waits for later ones to pass goes on after this many seconds without them."""
OF_ONE_LINK = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"proxy-connection", b"upgrade"})
ABRUPT = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: closing sends a RST
WEIGHTLESS = (".js", ".css", ".png", ".svg", ".webmanifest", ".woff2", ".ico")

Tell = Callable[[str, str], None]


class HangUp(Exception):  # noqa: N818 - no error: what the plan wants
    """The phone gets no answer: `abrupt` with a RST."""

    def __init__(self, *, abrupt: bool) -> None:
        self.abrupt = abrupt


@dataclass(frozen=True)
class Message:
    """A whole request or answer."""

    head: h11.Request | h11.Response
    body: bytes

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers that are not about one connection alone."""
        return [(name, value) for name, value in self.head.headers if name not in OF_ONE_LINK]


@dataclass
class BadNetwork:
    """The way from one phone to the server; `tell` hears of everything that happens to a request."""

    seed: str
    server_port: int
    tell: Tell
    port: int = 0
    down: bool = False
    healed: bool = False
    _number: int = 0
    _passed: int = 0
    _links: set[asyncio.StreamWriter] = field(default_factory=set)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _listening: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._link, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            self._listening.close()
        self.cut()
        await self.settle()

    def cut(self) -> None:
        """Break every connection that stands."""
        for writer in tuple(self._links):
            _hang_up(writer, abrupt=True)

    async def heal(self) -> None:
        """Let everything pass from here on, once what was held or is still to be repeated has arrived."""
        self.healed, self.down = True, False
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is held any more."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._links.add(writer)
        wire = h11.Connection(h11.SERVER)
        try:
            while request := await _whole(wire, reader):
                answer = await self._answer(request)
                assert isinstance(answer.head, h11.Response)  # noqa: S101 - tells mypy
                head = h11.Response(
                    status_code=answer.head.status_code,
                    reason=answer.head.reason,
                    headers=_sized(answer, request),
                )
                data = wire.send(head) or b""
                if request.head.method != b"HEAD" and answer.body:  # type: ignore[union-attr]  # a request
                    data += wire.send(h11.Data(data=answer.body)) or b""
                writer.write(data + (wire.send(h11.EndOfMessage()) or b""))
                await writer.drain()
                if wire.our_state is not h11.DONE:
                    break
                wire.start_next_cycle()
        except HangUp as wanted:
            _hang_up(writer, abrupt=wanted.abrupt)
        except (OSError, h11.ProtocolError, asyncio.IncompleteReadError):
            pass  # the phone went away
        finally:
            self._links.discard(writer)
            _hang_up(writer, abrupt=False)

    async def _answer(self, request: Message) -> Message:
        """Do to a request what the plan says; HangUp where the phone gets nothing."""
        if self.down:
            self.tell("down", _name(request))
            raise HangUp(abrupt=True)
        if self.healed:
            return await self._forward(request)
        self._number += 1
        assert isinstance(request.head, h11.Request)  # noqa: S101 - tells mypy
        decision = decide(
            self.seed,
            self._number,
            method=request.head.method.decode(),
            page=not request.head.target.split(b"?")[0].decode().endswith(WEIGHTLESS),
        )
        self.tell(decision.fate, f"{self._number} {_name(request)}")
        return await self._suffer(request, decision)

    async def _suffer(self, request: Message, decision: Decision) -> Message:
        fate = decision.fate
        if fate in ("drop_request", "reset"):
            raise HangUp(abrupt=fate == "reset")
        if fate == "refuse":
            return _refusal(decision.status)
        if fate == "stray":
            self._later(request, self._overtaken())
            raise HangUp(abrupt=True)
        if fate == "reorder":
            await self._overtaken()
        elif fate == "delay":
            await asyncio.sleep(decision.seconds)
        elif fate == "duplicate":
            self._later(request, asyncio.sleep(decision.seconds))
        answer = await self._forward(request)
        if fate in ("drop_response", "reset_late"):
            raise HangUp(abrupt=fate == "reset_late")
        return answer

    async def _overtaken(self) -> None:
        """Wait until a later request has passed; not for ever."""
        passed, waited = self._passed, 0.0
        while self._passed == passed and waited < HELD_AT_MOST:
            await asyncio.sleep(0.05)
            waited += 0.05

    def _later(self, request: Message, wait: "asyncio.Future[None] | asyncio._CoroutineLike[None]") -> None:
        async def go() -> None:
            await wait
            try:
                answer = await self._forward(request)
            except HangUp:
                self.tell("late, no answer", _name(request))
            else:
                self.tell(f"late, {answer.head.status_code}", _name(request))  # type: ignore[union-attr]  # an answer

        task = asyncio.create_task(go())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _forward(self, request: Message) -> Message:
        """Let the server do it; where there is no server the phone sees what a broken gateway shows."""
        assert isinstance(request.head, h11.Request)  # noqa: S101 - tells mypy
        wire = h11.Connection(h11.CLIENT)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        except OSError:
            self.tell("no server", _name(request))
            return _refusal(502)
        try:
            head = h11.Request(
                method=request.head.method,
                target=request.head.target,
                headers=[*request.headers, (b"connection", b"close")],
            )
            writer.write((wire.send(head) or b"") + (wire.send(h11.Data(data=request.body)) or b""))
            writer.write(wire.send(h11.EndOfMessage()) or b"")
            await writer.drain()
            answer = await _whole(wire, reader)
        except (OSError, h11.ProtocolError):
            answer = None  # it was killed in the middle
        finally:
            writer.close()
        if answer is None:
            self.tell("server gone", _name(request))
            raise HangUp(abrupt=False)
        self._passed += 1
        return answer


async def _whole(wire: h11.Connection, reader: asyncio.StreamReader) -> Message | None:
    """Read one whole message; None where the other side hung up before it began."""
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
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return Message(head, bytes(body))
        elif isinstance(event, h11.ConnectionClosed):
            return None


def _sized(answer: Message, request: Message) -> list[tuple[bytes, bytes]]:
    assert isinstance(request.head, h11.Request)  # noqa: S101 - tells mypy
    assert isinstance(answer.head, h11.Response)  # noqa: S101 - tells mypy
    if request.head.method == b"HEAD" or answer.head.status_code in (204, 304):
        return answer.headers
    others = [(name, value) for name, value in answer.headers if name != b"content-length"]
    return [*others, (b"content-length", str(len(answer.body)).encode())]


def _refusal(status: int) -> Message:
    headers = [("content-type", "text/html"), ("retry-after", "1")]
    return Message(h11.Response(status_code=status, reason=b"No", headers=headers), b"<h1>No</h1>")


def _name(request: Message) -> str:
    """Return what was asked, without what was given: `POST /survey/3/five q2=1 do=save`."""
    assert isinstance(request.head, h11.Request)  # noqa: S101 - tells mypy
    return (
        f"{request.head.method.decode()} {request.head.target.decode()} {request.body[:400].decode()}".strip()
    )


def _hang_up(writer: asyncio.StreamWriter, *, abrupt: bool) -> None:
    if writer.is_closing():
        return
    if abrupt:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
        writer.transport.abort()
    else:
        writer.close()
