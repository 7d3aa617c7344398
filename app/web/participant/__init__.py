"""Pages for participants on phones."""

from flask import Blueprint

blueprint = Blueprint("participant", __name__)

from app.web.participant import link  # noqa: E402, F401 - they add their pages
