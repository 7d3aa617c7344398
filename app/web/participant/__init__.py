"""Pages for participants on phones."""

from app.web.participant import event, history, language, link, survey, text_size, today  # noqa: F401 - each adds its pages
from app.web.participant.page import blueprint

__all__ = ["blueprint"]
