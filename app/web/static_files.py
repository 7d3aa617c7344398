"""Style sheets and scripts: served from memory, compressed once at the start.

Their addresses hold their content's hash: browsers keep them for ever, and a new version is a new address.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
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


@cache
def files() -> dict[str, StaticFile]:
    """Return every static file by its name in the folder."""
    return {path.relative_to(FOLDER).as_posix(): _prepare(path) for path in sorted(FOLDER.rglob("*.*"))}


@cache
def _by_address() -> dict[str, StaticFile]:
    return {file.address: file for file in files().values()}


def _prepare(path: Path) -> StaticFile:
    body = path.read_bytes()
    name = path.relative_to(FOLDER)
    mark = hashlib.sha256(body).hexdigest()[:8]
    bodies = {"identity": body}
    if path.suffix != ".png":
        bodies |= {"br": brotli.compress(body), "gzip": gzip.compress(body, mtime=0)}
    return StaticFile(name.with_suffix(f".{mark}{path.suffix}").as_posix(), TYPES[path.suffix], bodies)


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
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    return response
