"""A light HTTP client over one connection that is kept: it measures the server, not itself."""

import socket
import time
from dataclasses import dataclass

ACCEPT_ENCODING = "gzip, deflate, br"


@dataclass(frozen=True)
class Reply:
    """What came back, and how long it took from the first byte sent to the last byte received."""

    status: int
    head: bytes
    body: bytes
    seconds: float


class Connection:
    """One connection to one server on this machine."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._socket: socket.socket | None = None
        self.opened = 0

    def get(self, path: str, cookie: str) -> Reply:
        """Fetch a page as a phone's browser does."""
        return self._exchange(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._address[1]}\r\nCookie: {cookie}\r\n"
            f"Accept: text/html\r\nAccept-Encoding: {ACCEPT_ENCODING}\r\n\r\n".encode()
        )

    def post(self, path: str, cookie: str, form: str) -> Reply:
        """Send a form as the page's script does."""
        return self._exchange(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._address[1]}\r\nCookie: {cookie}\r\n"
            f"Accept: application/json\r\nAccept-Encoding: {ACCEPT_ENCODING}\r\n"
            "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(form)}\r\n\r\n{form}".encode()
        )

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, message: bytes) -> Reply:
        begun = time.perf_counter()
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.opened += 1
        self._socket.sendall(message)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more(self._socket)
        head, _, body = received.partition(b"\r\n\r\n")
        length = _header(head, b"content-length")
        if length is None:
            raise ValueError(f"an answer without its length: {head!r}")
        while len(body) < int(length):
            body += self._more(self._socket)
        seconds = time.perf_counter() - begun
        if (_header(head, b"connection") or b"").lower() == b"close":
            self.close()
        return Reply(int(head[9:12]), head, body, seconds)

    @staticmethod
    def _more(connected: socket.socket) -> bytes:
        received = connected.recv(65536)
        if not received:
            raise ConnectionError("the server hung up in the middle of an answer")
        return received


def _header(head: bytes, name: bytes) -> bytes | None:
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip()
    return None
