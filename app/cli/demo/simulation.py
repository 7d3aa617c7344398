"""Simulates the participants of the demo study: from a seed and the study to a list of lives.

Nothing here knows the database or the clock: `story.py` tells the lives to the operations. Every
participant has a chance of their own, made of the seed and their number. The day on which the demo is
made shifts all dates and changes nothing else.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.cli.demo.attending import Attending
from app.cli.demo.bad_days import with_bad_days
from app.cli.demo.baseline import Desk, true_baseline
from app.cli.demo.course import true_course
from app.cli.demo.life import Act, Answered, Course, Life, Withdrew
from app.cli.demo.mistakes import with_mistakes
from app.cli.demo.reporting import Clock, Telling
from app.cli.demo.truth import TRUTH, ArmTruth, Truth
from app.domain.instrument import Instrument
from app.domain.schedule import civil_date
from app.domain.study import Site, Study

Instruments = Mapping[str, Instrument]
BLOCK = 2  # of each arm, in a permuted block


@dataclass(frozen=True)
class _Entry:
    """How someone came in: `ago` is how many days before the demo is made day 0 lies; perhaps not yet."""

    number: int
    site: Site
    language: str
    ago: int
    lag: int
    chance: Random

    @property
    def enrolled_ago(self) -> int:
        return self.ago + self.lag


def simulate(
    study: Study,
    instruments: Instruments,
    *,
    now: datetime,
    truth: Truth = TRUTH,
) -> list[Life]:
    """Return the lives of `truth.participants` participants, in the order of their enrolment."""
    entries = [_entry(study, truth, number) for number in range(truth.participants)]
    entries.sort(key=lambda each: (-each.enrolled_ago, each.number))
    codes: Counter[str] = Counter()
    arms = _allocation(study, truth)
    lives = []
    for entry in entries:
        codes[entry.site.code] += 1
        code = f"{entry.site.code.upper()}-{codes[entry.site.code]:03}"
        today = civil_date(now, ZoneInfo(entry.site.time_zone))
        in_arm = None
        if entry.ago > 0 and entry.chance.random() >= truth.never_randomised:
            in_arm = arms[entry.site.code].pop()
        lives.append(_life(study, instruments, truth, entry, code, in_arm, today))
    return with_mistakes(study, with_bad_days(study, lives))


def arm_truth(study: Study, truth: Truth, arm: str) -> ArmTruth:
    """Return what is true of an arm: the one with product lots is infused."""
    return truth.infused if any(lot.arm == arm for lot in study.product_lots) else truth.control


def _entry(study: Study, truth: Truth, number: int) -> _Entry:
    chance = Random(f"{truth.seed}/{number}")  # noqa: S311 - a simulation, not a secret
    site = study.sites[number % len(study.sites)]
    lag = chance.randint(0, truth.lag_days)
    ago = chance.randint(-lag, truth.enrolling_days)
    first, luck = study.languages[0], chance.random()
    language = chance.choice(truth.other_languages.get(site.code, study.languages))
    if luck < truth.site_language:
        language = site.language
    elif luck < truth.site_language + truth.first_language:
        language = first
    if number < len(study.schedule) - 1:
        # One participant for whom each visit is due on the very day on which the demo is made; they read
        # the study's first language, so that whoever tries the demo can.
        ago, language = study.schedule[number + 1].day, first
    return _Entry(number, site, language, ago, lag, chance)


def _allocation(study: Study, truth: Truth) -> dict[str, list[str]]:
    """Return the random lists of the sites, each in permuted blocks."""
    lists = {}
    for site in study.sites:
        chance = Random(f"{truth.seed}/{site.code}")  # noqa: S311 - a simulation, not a secret
        arms: list[str] = []
        while len(arms) < truth.participants:
            block = [arm.code for arm in study.arms] * BLOCK
            chance.shuffle(block)
            arms += block
        lists[site.code] = arms[::-1]
    return lists


def _life(
    study: Study,
    instruments: Instruments,
    truth: Truth,
    entry: _Entry,
    code: str,
    arm: str | None,
    today: date,
) -> Life:
    clock = Clock(entry.chance, ZoneInfo(entry.site.time_zone))
    enrolled_on = today - timedelta(days=max(entry.enrolled_ago, 1))
    age = entry.chance.randint(38, 76)
    life = Life(
        code=code,
        site=entry.site.code,
        language=entry.language,
        birth_year=enrolled_on.year - age,
        enrolled_at=clock.at(enrolled_on, 8, 11),
        consented_on=enrolled_on,
        arm=arm,
        randomised_at=None,
        course=None,
        acts=(),
    )
    if arm is None:
        return life
    day_0 = today - timedelta(days=entry.ago)
    of_arm = arm_truth(study, truth, arm)
    baseline = true_baseline(entry.chance, truth, age=age)
    course = true_course(entry.chance, truth, of_arm, baseline=baseline, day_0=day_0, today=today)
    attending = Attending(entry.chance, truth, study, instruments, clock)
    acts = [
        *Desk(entry.chance, truth, study, clock).forms(course),
        *attending.infusions(course, arm),
        *attending.visits(course, of_arm),
        *attending.followed_up(course),
        *Telling(entry.chance, truth, study, clock).acts(course, code),
    ]
    known = _known(acts, attending.withdrawal(course), course, clock.zone)
    return replace(life, randomised_at=clock.at(day_0, 11, 12), course=course, acts=known)


def _known(acts: list[Act], withdrew: Withdrew | None, course: Course, zone: ZoneInfo) -> tuple[Act, ...]:
    """Return what the study knows by today, in order: today itself has hardly begun."""
    if withdrew is not None and withdrew.scope != "contact":
        acts = [
            act
            for act in acts
            if act.at < withdrew.at or (withdrew.scope == "answers" and not isinstance(act, Answered))
        ]
    if withdrew is not None:
        acts.append(withdrew)
    past = [act for act in acts if civil_date(act.at, zone) < course.today]
    return tuple(sorted(past, key=lambda act: act.at))
