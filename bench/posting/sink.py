"""A mail server that accepts everything and counts it by recipient: what it counted has been delivered."""

import asyncio
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Self

END_OF_DATA = b"\r\n.\r\n"
_PATH = re.compile(rb"(?i)^(?:MAIL FROM|RCPT TO):\s*<([^<>\s]*)>")


class Sink:
    """Listens on a free port of this machine, on a thread of its own, for as long as the block lasts.

    `silence` is the chance that a message is accepted and the connection ends before the answer leaves.
    """

    def __init__(self, *, silence: float = 0.0, seed: str = "") -> None:
        self.accepted: Counter[str] = Counter()
        self.silent = 0
        self.first: float | None = None
        self.last: float | None = None
        self.port = 0
        self._silence, self._chance = silence, random.Random(f"{seed}:sink")
        self._open: set[asyncio.Transport] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def total(self) -> int:
        """Return how many messages were accepted."""
        return self.accepted.total()

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def accept(self, recipients: list[str]) -> bool:
        """Count a message; return whether to say so."""
        self.accepted.update(recipients)
        self.last = time.perf_counter()
        self.first = self.first or self.last
        answers = self._chance.random() >= self._silence
        self.silent += not answers
        return answers

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(lambda: _Conversation(self.accept, self._open), "127.0.0.1", 0)

    async def _close(self) -> None:
        self._server.close()
        for transport in list(self._open):
            transport.abort()
        await asyncio.sleep(0)


class _Conversation(asyncio.Protocol):
    """One client's connection, by RFC 5321; nothing is looked up, and nothing is kept but the count."""

    def __init__(self, accept: Callable[[list[str]], bool], open_: set[asyncio.Transport]) -> None:
        self._accept, self._open = accept, open_
        self._received = bytearray()
        self._in_data = False
        self._sender: str | None = None
        self._recipients: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP
        self._transport = transport
        self._open.add(transport)
        self._say("220 sink ESMTP")

    def connection_lost(self, _: Exception | None) -> None:
        self._open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while self._data() if self._in_data else self._command():
            pass

    def _data(self) -> bool:
        end = self._received.find(END_OF_DATA)
        if end < 0:
            return False
        del self._received[: end + len(END_OF_DATA)]
        self._in_data = False
        recipients = self._recipients
        self._forget()
        if self._accept(recipients):
            self._say("250 2.0.0 accepted")
        else:
            self._transport.abort()
        return True

    def _command(self) -> bool:
        end = self._received.find(b"\r\n")
        if end < 0 or self._transport.is_closing():
            return False
        line = bytes(self._received[:end])
        del self._received[: end + 2]
        word = line[:4].upper()
        self._say(self._answer(word, line))
        if word == b"QUIT":
            self._transport.close()
        return True

    def _answer(self, word: bytes, line: bytes) -> str:
        answers: dict[bytes, Callable[[bytes], str]] = {
            b"EHLO": self._hello,
            b"HELO": self._hello,
            b"MAIL": self._mail,
            b"RCPT": self._rcpt,
            b"DATA": self._begin_data,
            b"RSET": self._reset,
        }
        plain = {b"NOOP": "250 2.0.0 ok", b"QUIT": "221 2.0.0 bye"}
        return answers[word](line) if word in answers else plain.get(word, "500 5.5.2 unknown command")

    def _hello(self, _: bytes) -> str:
        self._forget()
        return "250 sink"

    def _mail(self, line: bytes) -> str:
        path = _PATH.match(line)
        if path is None or self._sender is not None:
            return "503 5.5.1 not now" if path else "501 5.5.4 whose?"
        self._sender = path[1].decode()
        return "250 2.1.0 ok"

    def _rcpt(self, line: bytes) -> str:
        path = _PATH.match(line)
        if path is None or self._sender is None:
            return "503 5.5.1 not now" if path else "501 5.5.4 whose?"
        self._recipients.append(path[1].decode())
        return "250 2.1.5 ok"

    def _begin_data(self, _: bytes) -> str:
        if not self._recipients:
            return "503 5.5.1 to whom?"
        self._in_data = True
        self._received[:0] = b"\r\n"  # the end may come at once
        return "354 end with a full stop"

    def _reset(self, _: bytes) -> str:
        self._forget()
        return "250 2.0.0 ok"

    def _forget(self) -> None:
        self._sender, self._recipients = None, []

    def _say(self, words: str) -> None:
        self._transport.write(words.encode() + b"\r\n")
