"""What all parts of a definition have in common: words in languages, and readers that take no other field."""

from collections.abc import Mapping

Texts = Mapping[str, str]  # language -> words


class Strict:
    """Readers of files (pydantic, in `formats`) refuse fields that are not named here."""

    __pydantic_config__ = {"extra": "forbid", "strict": True}  # noqa: RUF012 - read by name, never changed
