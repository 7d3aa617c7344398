"""Headers that every page carries; scripts and style sheets lead nowhere and carry fewer."""

from flask import Flask, Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
    )
)


def install(app: Flask) -> None:
    """Add the headers to whatever is answered, unless the view chose its own."""

    @app.after_request
    def protect(response: Response) -> Response:
        given = response.headers
        given.setdefault("X-Content-Type-Options", "nosniff")
        if response.mimetype == "text/html":
            given.setdefault("Content-Security-Policy", POLICY)
        if response.mimetype not in ("text/javascript", "text/css"):
            given.setdefault("Referrer-Policy", "no-referrer")
        given.setdefault("Cache-Control", "no-store")
        return response
