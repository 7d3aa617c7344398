"""Words of tables and figures in the language of the report.

Messages stand in `translations/<language>/LC_MESSAGES/analysis.po`, apart from those of the pages: a language
is offered to participants whether or not its statistics are translated. Sentences are English in all reports,
and so are the results; numbers are written alike in all languages, as they stand in results.json.
"""

from functools import cache

from babel.support import NullTranslations, Translations

from app.i18n import CATALOGUES, SOURCE_LANGUAGE, current

DOMAIN = "analysis"


def gettext(message: str, **values: object) -> str:
    """Return a message in the language in use, its `%(name)s` places filled, `%%` being a percent sign."""
    return str(_catalogue(current()).ugettext(message)) % values


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    return Translations.load(CATALOGUES, [language.replace("-", "_")], domain=DOMAIN)
