"""Contradictions inside one study that the types of its fields do not show."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from app.domain.analysis_plan_faults import plan_faults
from app.domain.codes import (
    CODE_ALLOWED,
    LONGEST_CODE,
    DefinitionFault,
    code_faults,
    is_blank,
    is_code,
    listed,
    quoted,
    repeated,
)
from app.domain.estimand_faults import estimand_faults
from app.domain.message_faults import channel_faults, message_faults, named_faults
from app.domain.randomisation_faults import randomisation_faults
from app.domain.reminders import step_due_on
from app.domain.schedule import window
from app.domain.study import (
    OLDEST_AGE,
    TIMINGS,
    Adjudication,
    AlertRule,
    Disposition,
    ProductLot,
    ReminderStep,
    Site,
    Study,
    Visit,
)
from app.domain.texts_faults import text_faults
from app.domain.visit_faults import sound, visit_faults

LONGEST_STAY_IN_DAYS = 3660
LONGEST_DEADLINE_IN_HOURS = 24 * 366
OLDEST_DONOR = 120
_ANY_DAY = date(2001, 1, 1)
LARGEST_TOLERANCE = 31


def study_faults(
    study: Study, *, time_zones: Collection[str], instruments: Collection[str]
) -> Iterator[DefinitionFault]:
    """Find every contradiction inside a study, given the names of all time zones and of its instruments."""
    yield from _head_faults(study)
    yield from _quiet_faults(study)
    yield from text_faults(study, "title", study.title)
    for place, coded in (("arms", study.arms), ("sites", study.sites), ("visits", study.visits)):
        yield from code_faults(place, [each.code for each in coded])
    for number, arm in enumerate(study.arms):
        yield from _blank(f"arms[{number}].name", arm.name)
    for number, site in enumerate(study.sites):
        yield from _site_faults(study, f"sites[{number}]", site, time_zones)
    yield from visit_faults(study, instruments)
    yield from _reminder_faults(study)
    yield from _lot_faults(study)
    yield from estimand_faults(study)
    yield from plan_faults(study)
    yield from code_faults("stay_reasons", [each.code for each in study.stay_reasons])
    for number, reason in enumerate(study.stay_reasons):
        yield from text_faults(study, f"stay_reasons[{number}].text", reason.text)
    yield from code_faults("alerts", [each.code for each in study.alerts])
    for number, rule in enumerate(study.alerts):
        yield from _alert_faults(study, f"alerts[{number}]", rule)
    yield from _disposition_faults(study, "dispositions", study.dispositions)
    yield from randomisation_faults(study)
    yield from _adjudication_faults(study.adjudication)


def _head_faults(study: Study) -> Iterator[DefinitionFault]:
    if not is_code(study.code):
        yield DefinitionFault("code", quoted(study.code), CODE_ALLOWED)
    for place in ("languages", "consent_versions", "arms", "sites"):
        if not getattr(study, place):
            yield DefinitionFault(place, "none", "at least one")
    for place, values in (("languages", study.languages), ("consent_versions", study.consent_versions)):
        for value in repeated(values):
            yield DefinitionFault(place, f"{quoted(value)} more than once", "each once")
    for number, version in enumerate(study.consent_versions):
        if not is_code(version):
            yield DefinitionFault(f"consent_versions[{number}]", quoted(version), CODE_ALLOWED)
    for place in ("link_days", "session_days", "offline_days"):
        if not 1 <= getattr(study, place) <= LONGEST_STAY_IN_DAYS:
            yield DefinitionFault(place, str(getattr(study, place)), f"1 to {LONGEST_STAY_IN_DAYS} days")
    yield from _age_faults(study)


def _age_faults(study: Study) -> Iterator[DefinitionFault]:
    for place in ("youngest_age", "oldest_age"):
        if not 0 <= getattr(study, place) <= OLDEST_AGE:
            yield DefinitionFault(place, str(getattr(study, place)), f"0 to {OLDEST_AGE} years")
    if study.oldest_age < study.youngest_age:
        yield DefinitionFault("oldest_age", str(study.oldest_age), f"from {study.youngest_age} years on")


def _quiet_faults(study: Study) -> Iterator[DefinitionFault]:
    for place in ("quiet_from", "quiet_until"):
        if not 0 <= getattr(study, place) <= 23:
            yield DefinitionFault(place, str(getattr(study, place)), "a full hour, 0 to 23")
    if study.quiet_from == study.quiet_until:
        yield DefinitionFault("quiet_until", str(study.quiet_until), "another hour than quiet_from")


def _blank(place: str, text: str) -> Iterator[DefinitionFault]:
    if is_blank(text):
        yield DefinitionFault(place, "no words", "some words")


def _site_faults(
    study: Study, place: str, site: Site, time_zones: Collection[str]
) -> Iterator[DefinitionFault]:
    yield from _blank(f"{place}.name", site.name)
    if not any(sign.isdecimal() for sign in site.phone):
        yield DefinitionFault(f"{place}.phone", quoted(site.phone), "the number that participants call")
    if site.time_zone not in time_zones:
        allowed = "a zone of the IANA data base, such as Europe/Madrid"
        yield DefinitionFault(f"{place}.time_zone", quoted(site.time_zone), allowed)
    if site.language not in study.languages:
        allowed = f"one of the study's languages: {listed(study.languages)}"
        yield DefinitionFault(f"{place}.language", quoted(site.language), allowed, frozenset({"languages"}))


def _reminder_faults(study: Study) -> Iterator[DefinitionFault]:
    yield from code_faults("reminders", [each.code for each in study.reminders])
    for number, step in enumerate(study.reminders):
        place = f"reminders[{number}]"
        yield from channel_faults(place, step)
        yield from text_faults(study, f"{place}.subject", step.subject)
        yield from text_faults(study, f"{place}.body", step.body)
        if step.text or set(step.ways) != {"email"}:
            yield from text_faults(study, f"{place}.text", step.text)
        yield from message_faults(study, place, step)
        yield from _timing_faults(study, place, step, study.reminders[:number])
    yield from named_faults(study)


def _timing_faults(
    study: Study, place: str, step: ReminderStep, before: Sequence[ReminderStep]
) -> Iterator[DefinitionFault]:
    codes = [visit.code for visit in study.visits]
    for code in step.visits:
        if code not in codes and code not in {visit.code for visit in sound(study)}:
            yield DefinitionFault(
                f"{place}.visits", quoted(code), f"a visit's code: {listed(codes)}", frozenset({"visits"})
            )
    if len(step.timings) != 1:
        yield DefinitionFault(place, ", ".join(step.timings) or "no day", f"exactly one of {listed(TIMINGS)}")
        return
    (timing,) = step.timings
    found = str(getattr(step, timing))
    if any(_same_day(step, other) for other in before):
        yield DefinitionFault(f"{place}.{timing}", found, "a day on which no other step falls")
    reminded = [
        visit for visit in sound(study) if not step.visits or not set(visit.codes).isdisjoint(step.visits)
    ]
    if reminded and not any(_falls_within(step, visit) for visit in reminded):
        allowed = "a day on which at least one visit is open; otherwise it is never sent"
        yield DefinitionFault(f"{place}.{timing}", found, allowed, frozenset({"visits"}))


def _same_day(one: ReminderStep, other: ReminderStep) -> bool:
    days = [[getattr(step, timing) for timing in TIMINGS] for step in (one, other)]
    same_channel = not set(one.ways).isdisjoint(other.ways)
    same_visit = not one.visits or not other.visits or not set(one.visits).isdisjoint(other.visits)
    return days[0] == days[1] and same_channel and same_visit


def _falls_within(step: ReminderStep, visit: Visit) -> bool:
    planned = window(visit, _ANY_DAY)
    return planned.opens_on <= step_due_on(step, planned) <= planned.closes_on


def _lot_faults(study: Study) -> Iterator[DefinitionFault]:
    yield from code_faults("product_lots", [each.code for each in study.product_lots])
    arms = [arm.code for arm in study.arms]
    for number, lot in enumerate(study.product_lots):
        place = f"product_lots[{number}]"
        if lot.arm not in arms:
            allowed = f"an arm's code: {listed(arms)}"
            yield DefinitionFault(f"{place}.arm", quoted(lot.arm), allowed, frozenset({"arms"}))
        yield from _blank(f"{place}.source", lot.source)
        yield from _particulars(place, lot)


def _particulars(place: str, lot: ProductLot) -> Iterator[DefinitionFault]:
    if is_blank(lot.route) or len(lot.route) > LONGEST_CODE:
        yield DefinitionFault(f"{place}.route", quoted(lot.route), f"1 to {LONGEST_CODE} letters")
    if not 0 <= lot.donor_age_years <= OLDEST_DONOR:
        found = str(lot.donor_age_years)
        yield DefinitionFault(f"{place}.donor_age_years", found, f"0 (at birth) to {OLDEST_DONOR} years")
    if lot.passage < 0:
        yield DefinitionFault(f"{place}.passage", str(lot.passage), "0 or more")
    if lot.viability_percent is not None and not 0 <= lot.viability_percent <= 100:
        yield DefinitionFault(f"{place}.viability_percent", str(lot.viability_percent), "0 to 100")


def _alert_faults(study: Study, place: str, rule: AlertRule) -> Iterator[DefinitionFault]:
    if rule.instrument not in study.instruments:
        allowed = f"an instrument of one of the visits: {listed(study.instruments)}"
        yield DefinitionFault(f"{place}.instrument", quoted(rule.instrument), allowed, frozenset({"visits"}))
    if not rule.when:
        yield DefinitionFault(f"{place}.when", "none", "at least one condition")
    yield from text_faults(study, f"{place}.text", rule.text)
    if not 1 <= rule.deadline_hours <= LONGEST_DEADLINE_IN_HOURS:
        allowed = f"1 to {LONGEST_DEADLINE_IN_HOURS} hours"
        yield DefinitionFault(f"{place}.deadline_hours", str(rule.deadline_hours), allowed)
    yield from _disposition_faults(study, f"{place}.dispositions", rule.dispositions)


def _disposition_faults(
    study: Study, place: str, dispositions: Sequence[Disposition]
) -> Iterator[DefinitionFault]:
    yield from code_faults(place, [each.code for each in dispositions])
    for number, each in enumerate(dispositions):
        yield from text_faults(study, f"{place}[{number}].text", each.text)


def _adjudication_faults(asked: Adjudication) -> Iterator[DefinitionFault]:
    if asked.readings not in (1, 2):
        allowed = "1, or 2 with a third where they disagree"
        yield DefinitionFault("adjudication.readings", str(asked.readings), allowed)
    if not asked.kinds:
        yield DefinitionFault("adjudication.kinds", "none", "at least one kind of event")
    for kind in repeated(asked.kinds):
        yield DefinitionFault("adjudication.kinds", f"{quoted(kind)} more than once", "each once")
    if not 0 <= asked.tolerance_days <= LARGEST_TOLERANCE:
        found = str(asked.tolerance_days)
        yield DefinitionFault("adjudication.tolerance_days", found, f"0 to {LARGEST_TOLERANCE} days")
