"""What is wrong with the words of a study's reminders, and how many text messages the short ones take."""

import math
from collections.abc import Iterator, Mapping

from app.domain.codes import DefinitionFault, is_blank, quoted, repeated
from app.domain.reminders import PLACEHOLDERS, filled, unknown_placeholders
from app.domain.study import ReminderStep, Study
from app.domain.telling_words import telling_words

NEUTRAL = "words that tell a stranger nothing: no illness, no treatment, no hospital, no arm"
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€")
"""Characters that take the room of two (3GPP TS 23.038)."""
LINK = "https://reminders.example.org/p/" + "x" * 30
"""About as long as a link is."""


def channel_faults(place: str, step: ReminderStep) -> Iterator[DefinitionFault]:
    """Find what is wrong with the channels of a step."""
    if step.channel and step.channels:
        yield DefinitionFault(f"{place}.channel", quoted(step.channel), '"channels" alone')
    if not step.channel and not step.channels:
        yield DefinitionFault(f"{place}.channels", "none", "at least one channel")
    for channel in repeated(step.channels):
        yield DefinitionFault(f"{place}.channels", f"{quoted(channel)} more than once", "each once")


def message_faults(study: Study, place: str, step: ReminderStep) -> Iterator[DefinitionFault]:
    """Find what is wrong with the words that are there."""
    for field, texts in (("subject", step.subject), ("body", step.body), ("text", step.text)):
        for language, text in texts.items():
            where = f"{place}.{field}.{language}"
            yield from _form_faults(where, text, field)
            for word in telling_words(text, language, study):
                yield DefinitionFault(where, quoted(word), NEUTRAL)


def named_faults(study: Study) -> Iterator[DefinitionFault]:
    """Find what visits and sites are called that no message may say, where one names them."""
    every = [
        text
        for step in study.reminders
        for texts in (step.subject, step.body, step.text)
        for text in texts.values()
    ]
    if any("{visit}" in text for text in every):
        for number, visit in enumerate(study.visits):
            for language, title in visit.title.items():
                for word in telling_words(title, language, study):
                    yield DefinitionFault(f"visits[{number}].title.{language}", quoted(word), NEUTRAL)
    if any("{site}" in text for text in every):
        for number, site in enumerate(study.sites):
            for word in telling_words(site.name, site.language, study):
                allowed = f"{NEUTRAL}; or no {{site}} in the reminders"
                yield DefinitionFault(f"sites[{number}].name", quoted(word), allowed)


def _form_faults(place: str, text: str, field: str) -> Iterator[DefinitionFault]:
    allowed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for name in unknown_placeholders(text):
        yield DefinitionFault(place, f"{{{name}}}", allowed)
    if text.count("{") != text.count("}"):
        yield DefinitionFault(place, "a brace without its partner", allowed)
    if field != "subject" and not is_blank(text) and "{link}" not in text:
        yield DefinitionFault(place, "no {link}", "a text with {link}, the participant's way in")
    if field == "subject" and "{link}" in text:
        yield DefinitionFault(place, "{link}", "a subject without the link, which opens the questionnaire")
    if field != "body" and len(text.strip().splitlines()) > 1:
        yield DefinitionFault(place, "more than one line", f"a {field} of one line")


def text_messages(text: str) -> int:
    """Return how many text messages one text takes: 160 characters of GSM's alphabet or 70 of any other."""
    if all(sign in GSM or sign in GSM_TWICE for sign in text):
        length, alone, joined = len(text) + sum(sign in GSM_TWICE for sign in text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= alone else math.ceil(length / joined)


def long_texts(study: Study) -> Mapping[str, Mapping[str, int]]:
    """Return by step and language how many text messages a short text takes, where that is more than one."""
    found: dict[str, dict[str, int]] = {}
    for step in study.reminders:
        for language, text in step.text.items():
            if (number := text_messages(_longest(study, language, text))) > 1:
                found.setdefault(step.code, {})[language] = number
    return found


def _longest(study: Study, language: str, text: str) -> str:
    """Return a text filled with what is longest in its place."""
    phones, names = [site.phone for site in study.sites], [site.name for site in study.sites]
    titles = [visit.title.get(language, "") for visit in study.visits]
    values = {
        "link": LINK,
        "visit": max(titles, key=len, default=""),
        "due": "31 December 2026",
        "closes": "31 December 2026",
        "site": max(names, key=len, default=""),
        "phone": max(phones, key=len, default=""),
    }
    return filled(text, values).strip() if not unknown_placeholders(text) else text
