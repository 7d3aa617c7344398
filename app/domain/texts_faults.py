"""Words that are missing in a language, or are in one that the study does not have."""

from collections.abc import Iterator

from app.domain.codes import DefinitionFault, is_blank, listed
from app.domain.definition import Texts
from app.domain.study import Study


def text_faults(study: Study, place: str, texts: Texts) -> Iterator[DefinitionFault]:
    """Find what is missing or too much in words that stand in each of the study's languages."""
    rests_on = frozenset({"languages"})
    for language in study.languages:
        if is_blank(texts.get(language, "")):
            yield DefinitionFault(
                f"{place}.{language}", "no words", "words in each of the study's languages", rests_on
            )
    for language in texts:
        if language not in study.languages:
            allowed = f"the study's languages: {listed(study.languages)}"
            yield DefinitionFault(f"{place}.{language}", "another language", allowed, rests_on)
