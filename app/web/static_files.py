"""Style sheets and scripts: served from memory, without comments, compressed once at the start.

Their addresses hold their content's hash: browsers keep them for ever, and a new version is a new address.
What a page always needs together comes as one file: on a slow network each request costs more than its bytes.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
import rcssmin
import rjsmin
from flask import Flask, Response, request
from werkzeug.exceptions import NotFound

from app.web.gate import public

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class StaticFile:
    """One file as it goes over the wire, by content encoding."""

    address: str
    content_type: str
    bodies: dict[str, bytes]


TOGETHER = {
    "questions.js": ("kinds.js", "phone.js"),
    "page.js": ("outbox.js", "offline.js", "text-size.js", "speech.js"),
    "staff.css": (
        "staff/ground.css",
        "staff/frame.css",
        "staff/buttons.css",
        "staff/forms.css",
        "staff/states.css",
        "staff/worklist.css",
        "staff/participant.css",
        "staff/link.css",
        "staff/messages.css",
        "staff/door.css",
        "staff/screens.css",
        "staff/print.css",
        "staff/asked.css",
        "staff/me.css",
        "staff/today.css",
        "staff/steps.css",
        "staff/documents.css",
    ),
}
"""Files that are made of others: what has to be there before questions are shown, what may come after, and
the style sheet of staff, in whose order a later rule wins over an earlier one that is as strong."""
BETWEEN = {".css": b"\n", ".js": b"\n;\n"}
MINIFY = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}


@cache
def files() -> dict[str, StaticFile]:
    """Return every static file by its name in the folder, and those that are made of several."""
    read = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in sorted(FOLDER.rglob("*.*"))}
    made = {
        name: BETWEEN[Path(name).suffix].join(read[part] for part in parts)
        for name, parts in TOGETHER.items()
    }
    return {name: _prepare(Path(name), body) for name, body in (read | made).items()}


@cache
def _by_address() -> dict[str, StaticFile]:
    return {file.address: file for file in files().values()}


def _prepare(name: Path, body: bytes) -> StaticFile:
    if name.suffix in MINIFY:
        body = MINIFY[name.suffix](body.decode()).encode()
    mark = hashlib.sha256(body).hexdigest()[:8]
    bodies = {"identity": body}
    if name.suffix != ".png":
        bodies |= {"br": brotli.compress(body), "gzip": gzip.compress(body, mtime=0)}
    return StaticFile(name.with_suffix(f".{mark}{name.suffix}").as_posix(), TYPES[name.suffix], bodies)


def static_url(name: str) -> str:
    """Return the address of a static file; KeyError where there is none."""
    return f"/static/{files()[name].address}"


def install(app: Flask) -> None:
    """Serve the files under /static/."""
    files()
    app.add_url_rule("/static/<path:address>", "static_file", public(static_file))
    app.jinja_env.globals["static_url"] = static_url


def static_file(address: str) -> Response:
    """Answer with a file, in the smallest form that the browser takes."""
    file = _by_address().get(address)
    if file is None:
        raise NotFound
    accepted = request.accept_encodings
    encoding = next((each for each in ("br", "gzip") if each in file.bodies and accepted[each]), "identity")
    response = Response(file.bodies[encoding], content_type=file.content_type)
    response.headers["Cache-Control"] = "max-age=31536000, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    return response
