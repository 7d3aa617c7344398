"""One conversation with the mail server serves many messages, and what it ends is known exactly."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import pytest

from app.delivery.outcomes import NotSentError, UncertainError
from app.delivery.smtp import MOST_ON_A_LINE, Line
from bench.posting.sink import Sink
from tests.fixtures import mail


def _hand_over(line: Line, to: str = "a@example.org", body: str = "Hello") -> None:
    written = f"To: {to}\n\n{body}\n".replace("\n", "\r\n").encode()
    line.hand_over(written, sender="s@example.org", to=to)


@contextmanager
def _allowed(port: int) -> Iterator[str]:
    mail._ports_of_mailboxes.add(port)
    yield f"smtp://127.0.0.1:{port}"
    mail._ports_of_mailboxes.remove(port)


Script = Callable[[int, str], str | None]
"""What a server answers to a command of its n-th conversation; None hangs up."""


@contextmanager
def _scripted(script: Script) -> Iterator[tuple[str, list[list[str]]]]:
    """Run a server that follows a script; give its address and what it heard in each conversation."""
    heard: list[list[str]] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                heard.append([])
                with connection, connection.makefile("rwb") as file:
                    _converse(cast(BinaryIO, file), len(heard) - 1, heard[-1], script)

        threading.Thread(target=serve, daemon=True).start()
        with _allowed(server.getsockname()[1]) as url:
            yield url, heard
        server.shutdown(socket.SHUT_RDWR)


def _converse(file: BinaryIO, number: int, heard: list[str], script: Script) -> None:
    file.write(b"220 hello\r\n")
    file.flush()
    while line := file.readline():
        word = line.split()[0].decode().upper() if line.split() else ""
        heard.append(word)
        if word == "DATA" and script(number, word) == "354":
            file.write(b"354 go on\r\n")
            file.flush()
            while file.readline() != b".\r\n":
                pass
            word = "."
            heard.append(word)
        answer = script(number, word)
        if answer is None:
            return
        file.write(f"{answer} words\r\n".encode())
        file.flush()


def _willing(word: str) -> str:
    return "354" if word == "DATA" else "250"


def test_many_messages_are_handed_over_in_one_conversation_and_none_is_too_long() -> None:
    with _scripted(lambda _, word: _willing(word)) as (url, heard), Line(url) as line:
        for _ in range(MOST_ON_A_LINE + 1):
            _hand_over(line)
    assert [conversation.count(".") for conversation in heard] == [MOST_ON_A_LINE, 1]
    assert heard[0][-1] == "QUIT"


@pytest.mark.parametrize("answer", [None, "421"])
def test_a_server_that_hung_up_between_two_messages_is_told_the_second_again(answer: str | None) -> None:
    def idle_too_long(number: int, word: str) -> str | None:
        idle = number == 0 and word == "MAIL" and len(heard[0]) > 2
        return answer if idle else _willing(word)

    with _scripted(idle_too_long) as (url, heard), Line(url) as line:
        _hand_over(line)
        _hand_over(line)
    assert [conversation.count(".") for conversation in heard] == [1, 1]


def test_a_server_that_always_hangs_up_is_asked_once() -> None:
    with _scripted(lambda _, word: None if word == "MAIL" else _willing(word)) as (url, heard):
        with Line(url) as line, pytest.raises(NotSentError) as failed:
            _hand_over(line)
        assert failed.value.temporary
        assert len(heard) == 1


@pytest.mark.parametrize("answer", [None, "421", "450", "530", "550"])
def test_who_does_not_take_our_sender_would_take_no_other_message_now(answer: str | None) -> None:
    with (
        _scripted(lambda _, word: answer if word == "MAIL" else _willing(word)) as (url, _),
        Line(url) as line,
        pytest.raises(NotSentError) as failed,
    ):
        _hand_over(line)
    assert (failed.value.temporary, failed.value.server, failed.value.bounced) == (True, True, False)


@pytest.mark.parametrize(
    ("answer", "temporary", "bounced"),
    [("550 5.7.1", True, False), ("550 5.1.1", False, True), ("421 4.7.0", True, False), (None, True, False)],
)
def test_what_is_said_of_a_recipient_holds_for_no_other(
    answer: str | None, temporary: bool, bounced: bool
) -> None:
    with (
        _scripted(lambda _, word: answer if word == "RCPT" else _willing(word)) as (url, _),
        Line(url) as line,
        pytest.raises(NotSentError) as failed,
    ):
        _hand_over(line)
    assert (failed.value.temporary, failed.value.server, failed.value.bounced) == (temporary, False, bounced)


def test_after_a_refusal_the_next_message_begins_anew() -> None:
    answers = iter(["550", "250"])
    with (
        _scripted(lambda _, word: next(answers) if word == "RCPT" else _willing(word)) as (url, heard),
        Line(url) as line,
    ):
        with pytest.raises(NotSentError, match="recipient refused: 550"):
            _hand_over(line)
        _hand_over(line)
    [conversation] = heard
    assert conversation[1:] == ["MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", ".", "QUIT"]


@pytest.mark.parametrize("answer", [None, "what?", "354"])
def test_no_clear_answer_to_the_message_is_uncertain_for_this_one_alone(answer: str | None) -> None:
    def vague_once(number: int, word: str) -> str | None:
        return answer if number == 0 and word == "." else _willing(word)

    with _scripted(vague_once) as (url, heard), Line(url) as line:
        with pytest.raises(UncertainError):
            _hand_over(line)
        _hand_over(line)
    assert [conversation.count(".") for conversation in heard] == [1, 1]


def test_the_sink_counts_by_recipient_and_keeps_silent_when_told_to() -> None:
    with Sink() as sink, _allowed(sink.port) as url, Line(url) as line:
        for to in ("a@example.org", "b@example.org", "a@example.org"):
            _hand_over(line, to, body="A line\n.with a full stop\n..\n.")
        assert dict(sink.accepted) == {"a@example.org": 2, "b@example.org": 1}
    with Sink(silence=1) as silent, _allowed(silent.port) as url, Line(url) as line:
        with pytest.raises(UncertainError):
            _hand_over(line)
        assert (silent.total, silent.silent) == (1, 1)
