"""Pages for participants on phones."""

from app.web.participant import (  # noqa: F401 - each adds its pages
    calendar,
    event,
    language,
    link,
    offline,
    preferences,
    survey,
    today,
)
from app.web.participant.page import blueprint

__all__ = ["blueprint"]
