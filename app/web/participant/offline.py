"""What makes the pages work without a connection: the worker, the manifest, how long a phone keeps pages."""

import hashlib
import json
from datetime import timedelta

from flask import Response, g, jsonify, render_template
from flask.typing import ResponseReturnValue

from app import i18n
from app.formats import link_token
from app.i18n import gettext
from app.web.gate import public
from app.web.participant.page import blueprint
from app.web.static_files import TOGETHER, files, static_url
from app.web.transactions import settings

NOT_KEPT = ("staff", "icon-", "push.", "worker.")
"""How the names of static files begin that no page needs without a connection."""
ALONE = "text-size.js"
"""A part of a file that pages open to all load by itself."""


@blueprint.get("/worker.js")
@public
def worker() -> ResponseReturnValue:
    """Give the service worker, which has to stand at the root, with the addresses of this version's files."""
    parts = {part for parts in TOGETHER.values() for part in parts} - {ALONE}
    kept = [name for name in files() if not name.startswith(NOT_KEPT) and name not in parts]
    addresses = json.dumps([static_url(name) for name in kept])
    named = {"OUTBOX": static_url("outbox.js"), "ICON": static_url("icon-192.png")}
    head = f"const FILES = {addresses};\n"
    head += "".join(f"const {name} = {json.dumps(address)};\n" for name, address in named.items())
    script = files()["worker.js"].bodies["identity"].decode()
    response = Response(head + script, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"  # the browser looks for a new one at every visit
    return response


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Let phones put the pages on their home screen, under a name that tells nobody anything."""
    icons = [
        {
            "src": static_url(f"icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    said = {
        "name": gettext("Your questions"),
        "short_name": gettext("Your questions"),
        "lang": i18n.current(),
        "dir": i18n.direction(i18n.current()),
        "start_url": "/today",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf6f0",
        "theme_color": "#4d4299",
        "icons": icons,
    }
    response = jsonify(said)
    response.content_type = "application/manifest+json"
    return response


@blueprint.get("/offline")
@public
def offline() -> ResponseReturnValue:
    """Say that a page cannot be shown without a connection; the worker keeps this one."""
    return render_template("participant/offline.html")


@blueprint.after_request
def tell_the_phone(response: Response) -> Response:
    """Tell the worker whose page this is, for how many seconds it may show it offline, and by which link."""
    if "offline_days" in g:
        left = g.visitor.signed_in_at + timedelta(days=g.offline_days) - g.now
        seconds = max(0, round(left.total_seconds()))
        token = link_token.sign(g.visitor.link_id, settings().link_keys)
        link = hashlib.sha256(token.encode()).hexdigest()[:16]
        response.headers["Hepatica-Phone"] = f"{g.visitor.participant_id} {seconds} {link}"
    return response
