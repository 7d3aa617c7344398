"""A study's folder: study.toml, and for each instrument its structure and its words in each language."""

import hashlib
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from babel import Locale, UnknownLocaleError

from app.domain.analysis_plan_faults import named_answer_faults
from app.domain.codes import DefinitionFault, quoted
from app.domain.condition_faults import condition_faults
from app.domain.estimand_faults import scale_faults
from app.domain.instrument import Instrument, Wording
from app.domain.instrument_faults import instrument_faults
from app.domain.study import Study
from app.domain.study_faults import study_faults
from app.domain.wording_faults import wording_and_instrument_faults, wording_faults
from app.errors import Fault, FaultyInput
from app.formats import definition
from app.formats.definition import Definition
from app.formats.definition_file import Unreadable
from app.formats.definition_file import read as read_file
from app.formats.misfits import Judged, judged

STUDY_FILE = "study.toml"
INSTRUMENT_FILE = "instrument.json"
MOST_FILES = 200
LONGEST_TAG = 20


@dataclass(frozen=True)
class StudyFolder:
    """All that a folder says; instruments by name, wordings by instrument name and language."""

    study: Study
    instruments: Mapping[str, Instrument]
    wordings: Mapping[tuple[str, str], Wording]

    @property
    def without_words(self) -> list[tuple[str, str]]:
        """Return each instrument with each of the study's languages in which it has no words."""
        return [
            (name, language)
            for name in self.study.instruments
            for language in self.study.languages
            if (name, language) not in self.wordings
        ]

    @property
    def content_hash(self) -> str:
        """Return the hash of what the folder says, whatever its files' layout and order."""
        said = [definition.canonical(self.study)]
        said += [definition.canonical(self.instruments[name]) for name in sorted(self.instruments)]
        said += [f"{key} {definition.canonical(self.wordings[key])}" for key in sorted(self.wordings)]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()


@dataclass(frozen=True)
class _Asked:
    """An instrument's folder as far as it could be read."""

    name: str
    instrument: Judged[Instrument] | None
    wordings: Mapping[str, Judged[Wording] | None]


def read(directory: Path) -> StudyFolder:
    """Read a folder; FaultyInput with every fault in it, by file and place."""
    faults: list[Fault] = []
    study = _read(Study, directory, STUDY_FILE, faults)
    names = sorted(path.name for path in _entries(directory, "instruments") if path.is_dir())
    asked = [_asked(directory, name, faults) for name in names]
    if study is not None:
        _judge_study(study, asked, faults)
    for each in asked:
        _judge_instrument(each, study, faults)
    if faults or study is None:
        raise FaultyInput(sorted(set(faults)))
    instruments = {each.name: each.instrument.value for each in asked if each.instrument}
    wordings = {
        (each.name, tag): wording.value for each in asked for tag, wording in each.wordings.items() if wording
    }
    return StudyFolder(study.value, instruments, wordings)


def _entries(root: Path, folder: str) -> list[Path]:
    if not (root / folder).is_dir():
        return []
    there = list(islice((root / folder).iterdir(), MOST_FILES + 1))
    if len(there) > MOST_FILES:
        found = f"more than {MOST_FILES} files"
        raise FaultyInput([Fault(f"{folder}/", "the folder", found, f"at most {MOST_FILES}")])
    return [path for path in there if not path.name.startswith(".")]


def _read(kind: type[Definition], root: Path, file: str, faults: list[Fault]) -> Judged[Definition] | None:
    try:
        return judged(kind, read_file(root, file), file, faults)
    except Unreadable as unreadable:
        faults += unreadable.faults
        return None


def _asked(root: Path, name: str, faults: list[Fault]) -> _Asked:
    folder = f"instruments/{name}"
    tags = sorted(path.stem for path in _entries(root, folder) if path.suffix == ".json")
    return _Asked(
        name,
        _read(Instrument, root, f"{folder}/{INSTRUMENT_FILE}", faults),
        {
            tag: _read(Wording, root, f"{folder}/{tag}.json", faults)
            for tag in tags
            if f"{tag}.json" != INSTRUMENT_FILE
        },
    )


def _judge_study(study: Judged[Study], asked: list[_Asked], faults: list[Fault]) -> None:
    found = [
        *study_faults(
            study.value,
            time_zones=zoneinfo.available_timezones(),
            instruments=[each.name for each in asked],
        ),
        *(
            DefinitionFault(f"languages[{number}]", quoted(tag), "a language tag such as es, ar or zh-Hans")
            for number, tag in enumerate(study.value.languages)
            if not is_language(tag)
        ),
        *_faults_with_instruments(study.value, asked),
    ]
    faults += study.faults(STUDY_FILE, found)


def _faults_with_instruments(study: Study, asked: list[_Asked]) -> Iterator[DefinitionFault]:
    """Hold conditions of alerts, estimands and analyses against those instruments that were read whole."""
    whole = {
        each.name: each.instrument.value
        for each in asked
        if each.instrument is not None and not each.instrument.incomplete
    }
    yield from scale_faults(study, whole)
    yield from named_answer_faults(study, whole)
    for number, rule in enumerate(study.alerts):
        if rule.instrument in whole:
            instrument = whole[rule.instrument]
            place, named = f"alerts[{number}].when", "an item that is answered"
            for fault in condition_faults(
                place, rule.when, instrument, instrument.items, named=named, grades=True
            ):
                yield replace(fault, rests_on=frozenset())  # all of the instrument is there


def _judge_instrument(asked: _Asked, study: Judged[Study] | None, faults: list[Fault]) -> None:
    folder, instrument = f"instruments/{asked.name}", asked.instrument
    if instrument is not None:
        found = list(instrument_faults(instrument.value))
        if instrument.value.name != asked.name and "name" not in instrument.incomplete:
            found.append(
                DefinitionFault("name", quoted(instrument.value.name), f'its folder\'s name: "{asked.name}"')
            )
        faults += instrument.faults(f"{folder}/{INSTRUMENT_FILE}", found)
    if not asked.wordings:
        faults.append(
            Fault(f"{folder}/", "the folder", "no wording", "words in at least one language: en.json")
        )
    for tag, wording in asked.wordings.items():
        if wording is not None:
            _judge_wording(f"{folder}/{tag}.json", tag, wording, instrument, faults)
    if study is None or "languages" in study.incomplete:
        return
    if asked.name not in (*study.value.instruments, *study.value.staff_forms):
        return
    first = study.value.languages[:1]
    faults += [
        Fault(
            f"{folder}/{tag}.json",
            "the file",
            "nothing",
            "words in the study's first language, which stands in where others are missing",
        )
        for tag in first
        if tag not in asked.wordings
    ]


def _judge_wording(
    file: str, tag: str, wording: Judged[Wording], instrument: Judged[Instrument] | None, faults: list[Fault]
) -> None:
    found, elsewhere = list(wording_faults(wording.value)), frozenset[str]()
    if instrument is not None:
        found += wording_and_instrument_faults(wording.value, instrument.value)
        elsewhere = frozenset(f"instrument.{part}" for part in instrument.incomplete)
    if wording.value.language != tag and "language" not in wording.incomplete:
        found.append(
            DefinitionFault("language", quoted(wording.value.language), f'the file\'s name: "{tag}"')
        )
    if not is_language(tag):
        found.append(DefinitionFault("the file", quoted(tag), "a language tag such as es, ar or zh-Hans"))
    faults += wording.faults(file, found, elsewhere=elsewhere)


def is_language(tag: str) -> bool:
    """Return whether CLDR knows a language by exactly this tag, and with it the direction of its script."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return len(tag) <= LONGEST_TAG and str(locale).replace("_", "-") == tag
