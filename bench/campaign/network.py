"""A network between one phone and the server, on which the phone's plan of faults comes true.

A proxy of whole requests and answers: each can be lost, held or repeated as a whole. It serves one phone, so
that a fate is told by the phone's seed and the number of its request.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import h11

from bench.campaign.fates import Decision, decide
from bench.campaign.messages import Answered, Asked, exchange, read_request, write_answer

HELD_AT_MOST = 2.5
"""A request that waits for later ones to pass goes on after this many seconds without them."""
ABRUPT = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: closing sends a RST
FILES = (b".js", b".css", b".png", b".svg", b".webmanifest", b".woff2", b".ico")

Tell = Callable[[str, str], None]


class HangUp(Exception):  # noqa: N818 - no error: what the plan wants
    """The phone gets no answer: `abrupt` with a RST."""

    def __init__(self, *, abrupt: bool) -> None:
        self.abrupt = abrupt


@dataclass
class BadNetwork:
    """The way from one phone to the server; `tell` hears of everything that happens to a request.

    While it is `down` every request is reset, beside the plan.
    """

    seed: str
    server_port: int
    tell: Tell
    port: int = 0
    down: bool = False
    _healed: bool = False
    _number: int = 0
    _passed: int = 0
    _connections: dict[asyncio.StreamWriter, "asyncio.Task[None] | None"] = field(default_factory=dict)
    _under_way: set["asyncio.Task[None]"] = field(default_factory=set)
    _listening: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            self._listening.close()
        self.cut()
        await self._settle()
        if serving := [task for task in self._connections.values() if task is not None]:
            await asyncio.wait(serving)

    def cut(self) -> None:
        """Break every connection that stands."""
        for writer in tuple(self._connections):
            _hang_up(writer, abrupt=True)

    async def heal(self) -> None:
        """Let everything pass from here on, once what was held or is still to be repeated has arrived."""
        self._healed, self.down = True, False
        await self._settle()

    async def _settle(self) -> None:
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections[writer] = asyncio.current_task()  # kept, or it may be forgotten while it waits
        wire = h11.Connection(h11.SERVER)
        try:
            while request := await read_request(wire, reader):
                if not await write_answer(wire, writer, request, await self._answer(request)):
                    break
        except HangUp as wanted:
            _hang_up(writer, abrupt=wanted.abrupt)
        except (OSError, h11.ProtocolError):
            pass  # the phone went away
        finally:
            del self._connections[writer]
            _hang_up(writer, abrupt=False)

    async def _answer(self, request: Asked) -> Answered:
        """Do to a request what the plan says; HangUp where the phone gets nothing."""
        if self.down:
            self.tell("down", str(request))
            raise HangUp(abrupt=True)
        if self._healed:
            self.tell("healed", str(request))
            return await self._forward(request)
        self._number += 1
        page = not request.target.partition(b"?")[0].endswith(FILES)
        decision = decide(self.seed, self._number, method=request.method.decode(), page=page)
        self.tell(decision.fate, f"{self._number} {request}")
        return await self._suffer(request, decision)

    async def _suffer(self, request: Asked, decision: Decision) -> Answered:
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

    def _later(self, request: Asked, wait: Awaitable[None]) -> None:
        async def go() -> None:
            await wait
            try:
                answer = await self._forward(request)
            except HangUp:
                self.tell("late, no answer", str(request))
            else:
                self.tell(f"late, {answer.status}", str(request))

        task = asyncio.create_task(go())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _forward(self, request: Asked) -> Answered:
        """Let the server do it; where there is no server the phone sees what a gateway would show."""
        try:
            answer = await exchange(self.server_port, request)
        except OSError:
            self.tell("no server", str(request))
            return _refusal(502)
        if answer is None:
            self.tell("server gone", str(request))
            raise HangUp(abrupt=False)
        self._passed += 1
        return answer


def _refusal(status: int) -> Answered:
    return Answered(status, b"No", [(b"content-type", b"text/html"), (b"retry-after", b"1")], b"<h1>No</h1>")


def _hang_up(writer: asyncio.StreamWriter, *, abrupt: bool) -> None:
    if writer.is_closing():
        return
    if abrupt:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
        writer.transport.abort()
    else:
        writer.close()
