"""Words that would tell a stranger who sees a message what it is about: illness, treatment, an arm."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from app.domain.codes import is_blank
from app.domain.study import Study

ANYWHERE = "*"
"""Before a stem: it also tells inside a longer word, as in German, or in a script without blanks."""

EVERYWHERE = ("hepat", "cirrho", "cirros", "mesenchym", "transplant")
STEMS: Mapping[str, tuple[str, ...]] = {
    "en": (
        *("liver", "stem cell", "hospital", "clinic", "patient", "disease", "illness", "sick", "treatment"),
        *("therap", "infusion", "cancer", "tumour", "tumor", "medicin"),
    ),
    "es": (
        *("hígado", "trasplant", "célula madre", "células madre", "hospital", "clínic", "paciente", "enferm"),
        *("tratamiento", "infusión", "cáncer", "tumor", "medicin", "medicament"),
    ),
    "fr": (
        *("foie", "greffe", "cellule souche", "cellules souches", "hôpital", "hospital", "cliniq", "malad"),
        *("traitement", "perfusion", "cancer", "tumeur", "médicament"),
    ),
    "de": (
        *("leber", "*zirrhos", "*transplant", "*stammzell", "*krankenhaus", "*klinik", "*spital", "patient"),
        *("krank", "*krankheit", "*behandlung", "*infusion", "krebs", "*tumor", "medikament", "*therapie"),
    ),
    "pt": (
        *("fígado", "célula-tronco", "células-tronco", "hospital", "clínic", "paciente", "doenç", "doente"),
        *("tratamento", "infusão", "câncer", "cancro", "tumor", "medicament"),
    ),
    "zh-Hans": ("*肝", "*移植", "*干细胞", "*医院", "*患者", "*病", "*治疗", "*输注", "*癌", "*肿瘤", "*药"),
    "hi": (
        *("*लिवर", "*यकृत", "जिगर", "*हेपे", "*सिरोसिस", "*प्रत्यारोपण", "*ट्रांसप्लांट", "*स्टेम सेल", "*अस्पताल"),
        *("मरीज़", "*रोगी", "*बीमार", "इलाज", "*कैंसर", "दवाई"),
    ),
    "mr": (
        *("*यकृत", "*लिव्हर", "*प्रत्यारोपण", "*स्टेम सेल", "*मूलपेशी", "*रुग्ण", "*दवाखान", "*आजार", "उपचार"),
        *("*कर्करोग", "औषध"),
    ),
    "ar": (
        *("كبد", "زراعة", "زرع", "خلايا جذعية", "الخلايا الجذعية", "مستشفى", "مريض", "مرض", "علاج", "تليف"),
        *("تشمع", "سرطان", "أورام", "دواء"),
    ),
    "fa": ("*کبد", "*بنیادی", "*بیمار", "درمان", "*سیروز", "سرطان", "تومور", "دارو"),
    "ja": ("*肝", "*移植", "*幹細胞", "*病院", "*患者", "*病気", "*治療", "*点滴", "*癌", "*腫瘍", "*薬"),
    "tr": (
        *(
            "karaciğer",
            "siroz",
            "nakil",
            "nakli",
            "kök hücre",
            "hasta",
            "tedavi",
            "infüzyon",
            "kanser",
            "tümör",
        ),
        *("klinik", "ilaç"),
    ),
}
"""Beginnings of words by language. Persian leaves "پیوند" out, which is a link as well as a transplant."""

_PREFIXES = "(?:[وفبكل]{0,3}(?:ال)?)"  # what Arabic writes as one with the word after it
_MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0640\u200c\u093c]")


def telling_words(text: str, language: str, study: Study) -> list[str]:
    """Return what in a message's text tells too much: words of illness, names of arms and of products."""
    plain = _plain(text)
    found = [stem.removeprefix(ANYWHERE) for stem in _stems(language) if _pattern(stem).search(plain)]
    return found + [
        name
        for name in {name.casefold(): name for name in _names(study)}.values()
        if not is_blank(name) and _whole(name).search(plain)
    ]


def _stems(language: str) -> Iterable[str]:
    return dict.fromkeys((*EVERYWHERE, *STEMS.get(language, STEMS["en"])))


def _names(study: Study) -> Iterator[str]:
    for arm in study.arms:
        yield from (arm.code, arm.name)
    for lot in study.product_lots:
        yield from (lot.code, lot.source)


@cache
def _pattern(stem: str) -> re.Pattern[str]:
    word = re.escape(_plain(stem.removeprefix(ANYWHERE)))
    return re.compile(word if stem.startswith(ANYWHERE) else rf"(?<!\w){_PREFIXES}{word}")


def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(_plain(name))}(?!\w)")


def _plain(text: str) -> str:
    """Return a text without case, accents, Arabic vowel signs and joiners: one spelling finds all."""
    folded = unicodedata.normalize("NFKD", text.casefold()).replace("ı", "i")
    return _MARKS.sub("", folded)
