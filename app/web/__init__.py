"""The pages: for participants on phones and for staff at desks."""

from datetime import timedelta
from types import TracebackType

from flask import Flask, request
from flask_compress import Compress
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app import config as configuration
from app import i18n
from app.config import Config
from app.web import error_pages, gate, headers, hooks, participant, speech, staff, static_files, uploads


class Hepatica(Flask):
    """Flask, except that a participant's token, which stands in the address, is kept out of the log."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Log an exception under the name of its page."""
        self.logger.error("Exception in %s [%s]", request.endpoint, request.method, exc_info=exc_info)


def create_app(config: Config | None = None) -> Flask:
    """Return the application of one installation; without `config`, settings come from the environment."""
    config = config or configuration.load()
    app = Hepatica("app.web", static_folder=None)
    app.config.update(
        HEPATICA=config,
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=200_000,  # the longest of our forms, in the widest script, is a tenth of it
        SESSION_COOKIE_NAME="hepatica_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=7),
        SESSION_COOKIE_SECURE=config.secure_cookies,
        # It would look at the Referer, which our pages tell browsers not to send; the gate looks at origins.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,  # the token is as good as the browser's session: no form is lost to a clock
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_MIMETYPES=["text/html", "application/json"],  # static files come compressed
        COMPRESS_BR_LEVEL=5,
    )
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]  # as Flask documents it
    Compress(app)
    headers.install(app)
    speech.install(app)
    uploads.install(app)
    gate.install(app)
    static_files.install(app)
    error_pages.install(app)
    protection = CSRFProtect(app)
    # Participants' pages carry no token that could expire while someone rests: SameSite=Lax and the gate do.
    protection.exempt(participant.blueprint)
    protection.exempt(hooks.blueprint)  # machines send them, and sign them
    app.register_blueprint(hooks.blueprint)
    app.register_blueprint(participant.blueprint)
    app.register_blueprint(staff.blueprint)
    i18n.completeness()  # read once, before anybody waits for a page
    return app
