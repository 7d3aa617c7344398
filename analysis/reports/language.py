"""Words of tables and figures in the language of the report.

Messages stand in `translations/<language>/LC_MESSAGES/analysis.po`, apart from those of the pages: a language
is offered to participants whether or not its statistics are translated. Sentences are English in all reports,
and so are the results; numbers are written alike in all languages, as they stand in results.json.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

from babel.support import NullTranslations, Translations

from app.i18n import CATALOGUES, SOURCE_LANGUAGE, completeness, current

DOMAIN: Literal["analysis"] = "analysis"


def languages() -> tuple[str, ...]:
    """Return the tags of the languages that have every word, English first."""
    return tuple(tag for tag, found in completeness(domain=DOMAIN).items() if found.complete)


def gettext(message: str, **values: object) -> str:
    """Return a message in the language in use, its `%(name)s` places filled, `%%` being a percent sign."""
    return str(_catalogue(current()).ugettext(message)) % values


def english(sentence: str) -> str:
    """Return a sentence where the report's figures are in English too, otherwise nothing."""
    return sentence if current() == SOURCE_LANGUAGE else ""


def preferred(study_languages: Iterable[str]) -> tuple[str, ...]:
    """Return in which languages a study's words are looked for: the one in use, English, the study's own."""
    return (current(), SOURCE_LANGUAGE, *study_languages)


def in_own_language(texts: Mapping[str, str], otherwise: str) -> str:
    """Return a study's text in the language in use, or in English, or what else there is."""
    return texts.get(current()) or texts.get(SOURCE_LANGUAGE) or otherwise


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    return Translations.load(CATALOGUES, [language.replace("-", "_")], domain=DOMAIN)
