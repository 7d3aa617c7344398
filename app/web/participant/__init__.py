"""Pages for participants on phones."""

from app.web.participant import (  # noqa: F401 - each adds its pages
    calendar,
    event,
    helping,
    history,
    language,
    link,
    offline,
    preferences,
    push,
    stop,
    survey,
    text_size,
    today,
)
from app.web.participant.page import blueprint

__all__ = ["blueprint"]
