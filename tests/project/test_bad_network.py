"""The fault campaign's network does to requests what it says, by the same plan each time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from bench.campaign import network as networks
from bench.campaign.fates import FATES, Decision, Fate, decide
from bench.campaign.network import BadNetwork
from tests.fixtures import event_loop

Ask = Callable[[str], Awaitable[bytes]]


@dataclass
class Echo:
    """A server that answers with what it was sent, and remembers it."""

    heard: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(
            int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
        )
        body = await reader.readexactly(size)
        self.heard.append(body.decode())
        parts = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (b"heard ", body)) + b"0\r\n\r\n"
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + parts)
        await writer.drain()
        writer.close()


async def _send(port: int, text: str) -> bytes:
    """Post something over a connection of its own; return the answer, empty where there was none."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(text)}\r\n\r\n"
    writer.write((head + text).encode())
    try:
        return await reader.read()
    finally:
        writer.close()


def _with(plan: list[Decision], use: Callable[[BadNetwork], Awaitable[None]], *, server: bool = True) -> Echo:
    """Use a network on which requests meet these fates in turn, and then none."""
    echo, fates = Echo(), iter(plan)

    async def go() -> None:
        listening = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        if not server:
            listening.close()
        async with BadNetwork("seed", port, lambda *_: None) as network:
            await use(network)
            await network.heal()
        listening.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(networks, "decide", lambda *_, **__: next(fates, Decision("pass")))
        event_loop.run(go())
    return echo


def test_the_plan_is_the_same_for_the_same_seed_and_knows_every_fate() -> None:
    def plan(seed: str) -> list[Decision]:
        return [decide(seed, number, method="POST", page=False) for number in range(600)]

    assert plan("a") == plan("a") != plan("b")
    assert {each.fate for each in plan("a")} == set(FATES)


@pytest.mark.parametrize(
    ("fate", "answers", "times"),
    [
        ("pass", True, 1),
        ("delay", True, 1),
        ("drop_request", False, 0),
        ("reset", False, 0),
        ("drop_response", False, 1),
        ("reset_late", False, 1),
        ("duplicate", True, 2),
        ("stray", False, 1),
        ("reorder", True, 1),
    ],
)
def test_what_phone_and_server_notice(
    fate: Fate, answers: bool, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "HELD_AT_MOST", 0.2)
    said = []

    async def use(network: BadNetwork) -> None:
        try:
            said.append(await _send(network.port, "one=1"))
        except ConnectionResetError:
            said.append(b"")

    echo = _with([Decision(fate, 0.01)], use)
    assert said[0].endswith(b"heard one=1") is answers
    assert bool(said[0]) is answers
    assert echo.heard == ["one=1"] * times


@pytest.mark.parametrize("fate", ["reset", "reset_late", "stray"])
def test_a_reset_is_no_orderly_end(fate: Fate) -> None:
    async def use(network: BadNetwork) -> None:
        with pytest.raises(ConnectionResetError):
            await _send(network.port, "one=1")

    _with([Decision(fate)], use)


@pytest.mark.parametrize("fate", ["stray", "reorder"])
def test_a_held_request_arrives_after_a_later_one(fate: Fate) -> None:
    async def use(network: BadNetwork) -> None:
        first = asyncio.create_task(_send(network.port, "one=1"))
        await asyncio.sleep(0.1)
        await _send(network.port, "one=2")
        await asyncio.gather(first, return_exceptions=True)

    assert _with([Decision(fate)], use).heard == ["one=2", "one=1"]


def test_a_refusal_does_not_reach_the_server() -> None:
    async def use(network: BadNetwork) -> None:
        assert (await _send(network.port, "one=1")).startswith(b"HTTP/1.1 429 ")

    assert _with([Decision("refuse", status=429)], use).heard == []


def test_without_a_server_there_is_a_bad_gateway() -> None:
    async def use(network: BadNetwork) -> None:
        assert (await _send(network.port, "one=1")).startswith(b"HTTP/1.1 502 ")

    _with([], use, server=False)


def test_a_network_that_is_down_resets_and_one_that_is_healed_passes() -> None:
    async def use(network: BadNetwork) -> None:
        network.down = True
        with pytest.raises(ConnectionResetError):
            await _send(network.port, "one=1")
        await network.heal()
        assert (await _send(network.port, "one=2")).endswith(b"heard one=2")

    assert _with([Decision("drop_request")], use).heard == ["one=2"]
