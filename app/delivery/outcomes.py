"""What may become of a message that is handed over, the same on every channel."""


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
