"""Documents that can be attached: what a file is, by its content and its name together."""

import re
import unicodedata
from typing import Literal

MediaType = Literal["application/pdf", "image/png", "image/jpeg", "text/plain"]
MEDIA_TYPES: tuple[MediaType, ...] = ("application/pdf", "image/png", "image/jpeg", "text/plain")
ENDINGS: dict[str, MediaType] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".txt": "text/plain",
}
_BEGINNINGS: dict[MediaType, bytes] = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
LONGEST_NAME = 200
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def media_type(name: str, content: bytes) -> MediaType | None:
    """Return what a file is where its ending and its content say the same, else None.

    A text is UTF-8 without control characters, and does not begin like a page or a drawing (`<`): a browser
    that was told to could run what stands in one.
    """
    kind = ENDINGS.get(_ending(name))
    if kind is None or not content:
        return None
    if kind == "text/plain":
        return kind if _is_text(content) else None
    return kind if content.startswith(_BEGINNINGS[kind]) else None


def shown_name(name: str) -> str:
    """Return a file's name as it may be shown: no folders, no signs that are not seen or turn the text."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    stem, ending = seen.strip()[: -len(_ending(seen)) or None].strip(), _ending(seen)
    return f"{stem[: LONGEST_NAME - len(ending)] or 'document'}{ending}"


def _ending(name: str) -> str:
    dot = name.strip().rfind(".")
    return name.strip()[dot:].lower() if dot >= 0 else ""


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(text) and not text.lstrip().startswith("<")
