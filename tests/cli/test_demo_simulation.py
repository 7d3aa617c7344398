"""The simulation is the same each time, and its participants fare as its truth says, by formula."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import exp, sqrt
from statistics import mean, variance

import pytest

from app.cli.demo import simulation
from app.cli.demo.baseline import death_factor
from app.cli.demo.life import Answered, Course, Life
from app.cli.demo.making import FOLDER
from app.cli.demo.mistakes import MISTAKES
from app.cli.demo.simulation import arm_truth, simulate
from app.cli.demo.truth import TRUTH
from app.domain.answer import read_answer
from app.domain.scoring import scores
from app.formats.study_folder import StudyFolder, read

NOW = datetime(2026, 7, 15, 3, tzinfo=UTC)
MANY = replace(TRUTH, participants=3000)
YEAR = 365.25


@pytest.fixture(scope="module")
def folder() -> StudyFolder:
    return read(FOLDER)


@pytest.fixture(scope="module")
def many(folder: StudyFolder) -> list[Life]:
    return simulate(folder.study, folder.instruments, now=NOW, truth=MANY)


def _courses(lives: list[Life], arm: str) -> list[Course]:
    return [life.course for life in lives if life.arm == arm and life.course is not None]


def test_the_same_seed_gives_the_same_lives(folder: StudyFolder) -> None:
    lives = simulate(folder.study, folder.instruments, now=NOW)
    assert len(lives) == TRUTH.participants
    assert lives == simulate(folder.study, folder.instruments, now=NOW)
    assert lives != simulate(folder.study, folder.instruments, now=NOW, truth=replace(TRUTH, seed=1))


def test_another_day_shifts_the_lives_and_changes_nothing_else(folder: StudyFolder) -> None:
    later = timedelta(days=100)
    for one, other in zip(
        simulate(folder.study, folder.instruments, now=NOW),
        simulate(folder.study, folder.instruments, now=NOW + later),
        strict=True,
    ):
        assert (one.code, one.arm, one.language) == (other.code, other.arm, other.language)
        assert [type(act) for act in one.acts] == [type(act) for act in other.acts]
        if one.course and other.course:
            assert one.course.day_0 + later == other.course.day_0
            assert (one.course.died_on is None) == (other.course.died_on is None)


def test_every_language_of_the_study_is_read_by_someone(folder: StudyFolder, many: list[Life]) -> None:
    assert {life.language for life in many} == set(folder.study.languages)
    for site in folder.study.sites:
        there = [life.language for life in many if life.site == site.code]
        assert there.count(site.language) > 0.6 * len(there)


def test_nothing_is_told_before_enrolment_or_on_the_last_day(folder: StudyFolder) -> None:
    for life in simulate(folder.study, folder.instruments, now=NOW):
        told = [life.enrolled_at, *filter(None, [life.randomised_at]), *(act.at for act in life.acts)]
        assert told == sorted(told)
        assert told[-1] < NOW


def test_arms_are_balanced_at_each_site(folder: StudyFolder, many: list[Life]) -> None:
    for site in folder.study.sites:
        counts = [
            sum(life.site == site.code and life.arm == arm.code for life in many) for arm in folder.study.arms
        ]
        assert max(counts) - min(counts) <= simulation.BLOCK


@pytest.mark.parametrize("event", ["deaths", "transplants"])
def test_rates_of_dying_and_of_transplants_are_the_true_ones(
    folder: StudyFolder, many: list[Life], event: str
) -> None:
    for arm in folder.study.arms:
        truth = getattr(arm_truth(folder.study, MANY, arm.code), event)
        happened, expected = 0, 0.0
        for course in _courses(many, arm.code):
            first = min(filter(None, (course.died_on, course.transplanted_on)), default=None)
            own = truth * (death_factor(MANY, course.baseline.meld) if event == "deaths" else 1)
            expected += own * ((first or course.today) - course.day_0).days / YEAR
            transplant = course.transplanted_on is not None
            happened += transplant if event == "transplants" else first is not None and not transplant
        # The number of events is Poisson: its standard error is its root. Four of them.
        assert abs(happened - expected) < 4 * sqrt(expected)


def test_a_higher_meld_hastens_death_by_the_true_factor_a_point(
    folder: StudyFolder, many: list[Life]
) -> None:
    courses = [life.course for life in many if life.course is not None]
    factors = [death_factor(MANY, course.baseline.meld) for course in courses]
    # Log-normal, the logarithm's standard deviation 0.06 * 5: mean 1, standard deviation root(e^0.09 - 1).
    assert abs(mean(factors) - 1) < 4 * sqrt((exp(0.09) - 1) / len(factors))
    assert death_factor(MANY, 21) / death_factor(MANY, 20) == pytest.approx(exp(0.06))
    # The score of a Cox model at the true effect: MELD of each death less the weighted mean of those at risk.
    score, information = 0.0, 0.0
    for arm in folder.study.arms:
        times = [_until_death(course) for course in _courses(many, arm.code)]
        for days, died, own in times:
            if died:
                at_risk = [(meld, exp(0.06 * meld)) for other, _, meld in times if other >= days]
                total = sum(weight for _, weight in at_risk)
                centre = sum(meld * weight for meld, weight in at_risk) / total
                score += own - centre
                information += sum(weight * (meld - centre) ** 2 for meld, weight in at_risk) / total
    assert abs(score) < 4 * sqrt(information)


def _until_death(course: Course) -> tuple[int, bool, int]:
    """Days to the first of death, transplant and today; whether it was the death; MELD."""
    first = min(filter(None, (course.died_on, course.transplanted_on)), default=None)
    died = first is not None and course.transplanted_on is None
    return ((first or course.today) - course.day_0).days, died, course.baseline.meld


def test_tumours_come_at_the_true_rate_while_someone_lives(folder: StudyFolder, many: list[Life]) -> None:
    for arm in folder.study.arms:
        truth = arm_truth(folder.study, MANY, arm.code).tumours
        happened, days = 0, 0
        for course in _courses(many, arm.code):
            until = course.tumour_on or course.died_on or course.today
            assert course.tumour_on is None or course.alive(course.tumour_on - timedelta(days=1))
            days += (until - course.day_0).days
            happened += course.tumour_on is not None
        assert abs(happened - truth * days / YEAR) < 4 * sqrt(truth * days / YEAR)


def test_stays_come_at_the_true_rate_per_year_out_of_hospital(folder: StudyFolder, many: list[Life]) -> None:
    for arm in folder.study.arms:
        truth = arm_truth(folder.study, MANY, arm.code).stays
        expected, spread, counted = 0.0, 0.0, 0
        for course in _courses(many, arm.code):
            last_day = course.died_on or course.today
            inside = sum(((stay.ended_on or last_day) - stay.started_on).days for stay in course.stays)
            mean_count = truth * ((last_day - course.day_0).days - inside) / YEAR
            expected += mean_count
            spread += mean_count + MANY.stay_frailty_variance * mean_count**2
            counted += len(course.stays)
        assert abs(counted - expected) < 4 * sqrt(spread)


def _totals(folder: StudyFolder, lives: list[Life], arm: str, visit: str) -> list[float]:
    totals = []
    for life in lives:
        for act in life.acts:
            if life.arm == arm and isinstance(act, Answered) and act.visit == visit and act.sent_at:
                instrument = folder.instruments[act.instrument]
                given = {
                    code: read_answer(instrument, code, raw, given_on=act.sent_at.date())
                    for code, raw in {**act.first, **act.rest}.items()
                }
                total = scores(instrument, given)["TOTAL"]
                if total is not None:
                    totals.append(total)
    return totals


def test_quality_of_life_begins_and_moves_as_it_truly_does(folder: StudyFolder, many: list[Life]) -> None:
    visits = folder.study.visits
    years = (visits[-1].day - visits[0].day) / YEAR
    for arm in folder.study.arms:
        truth = arm_truth(folder.study, MANY, arm.code)
        first = _totals(folder, many, arm.code, visits[0].code)
        last = _totals(folder, many, arm.code, visits[-1].code)
        error = sqrt(variance(first) / len(first))
        assert abs(mean(first) - MANY.quality_mean) < 4 * error
        error = sqrt(variance(first) / len(first) + variance(last) / len(last))
        assert abs(mean(last) - mean(first) - truth.quality_slope * years) < 4 * error


def test_every_mistake_is_made_once(folder: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with_them = simulate(folder.study, folder.instruments, now=NOW)
    monkeypatch.setattr(simulation, "with_mistakes", lambda _study, lives: lives)
    without = simulate(folder.study, folder.instruments, now=NOW)
    added = [len(one.acts) - len(other.acts) for one, other in zip(with_them, without, strict=True)]
    assert sorted(added, reverse=True)[: len(MISTAKES) + 1] == [1] * len(MISTAKES) + [0]
