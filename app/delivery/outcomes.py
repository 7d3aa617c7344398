"""What may become of a message that is handed over, the same on every channel."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from app.errors import Refusal


class NotSentError(Exception):
    """The message surely did not leave.

    `temporary`: it may later; `server`: nor would any other on this channel now; `bounced`: the address takes
    no messages.
    """

    def __init__(self, reason: str, *, temporary: bool, server: bool = False, bounced: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.temporary = temporary
        self.server = server
        self.bounced = bounced


class UncertainError(Exception):
    """The connection broke after the message was handed over and before the server said that it has it."""


@contextmanager
def before_leaving(what: str, *, unless: Collection[object] = ()) -> Iterator[None]:
    """Turn whatever goes wrong in here, before anybody is spoken to, into a NotSentError: nothing left.

    Otherwise a setting that nobody foresaw would leave one message after the other of unknown fate. What
    went wrong is named by its kind: its words may hold an address. `unless` holds something as soon as
    somebody was spoken to.
    """
    try:
        yield
    except (NotSentError, UncertainError, Refusal):
        raise
    except Exception as fault:
        if unless:
            raise
        raise NotSentError(f"{what}: {type(fault).__name__}", temporary=True) from fault
