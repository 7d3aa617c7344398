"""Infusions and arms that do not fit the study."""

from collections.abc import Iterator

from analysis.datasets.checks.finding import INFUSION, PARTICIPANT, Finding
from analysis.datasets.cut import Cut
from app.queries.outcomes import Course, Infusion


def treatment(cut: Cut, course: Course) -> Iterator[Finding]:
    """Yield infusions of another arm's product, of unknown lots, before randomisation; and unknown arms."""
    if course.arm is not None and course.arm not in {arm.code for arm in cut.study.arms}:
        yield Finding(
            check="arm unknown to the study",
            course=course,
            message=f"the arm {course.arm} is not in the study's present version",
            source=PARTICIPANT,
            ids=(course.participant_id,),
            tells_arm=True,
        )
    for infusion in course.infusions:
        for check, message in _faults(cut, course, infusion):
            yield Finding(
                check=check,
                course=course,
                message=f"the infusion of lot {infusion.lot} on {infusion.on} {message}",
                source=INFUSION,
                ids=(infusion.id,),
                tells_arm=True,
            )


def _faults(cut: Cut, course: Course, infusion: Infusion) -> Iterator[tuple[str, str]]:
    lot = next((each for each in cut.study.product_lots if each.code == infusion.lot), None)
    if course.randomised_on is None:
        yield "infusion without randomisation", "was given to someone who is not randomised"
    elif infusion.on < course.randomised_on:
        yield "infusion before day 0", f"lies before randomisation on {course.randomised_on}"
    if lot is None:
        yield "lot unknown to the study", "is of a lot that the study's present version does not have"
    elif course.arm is not None and lot.arm != course.arm:
        yield "infusion in another arm", f"is of the arm {lot.arm}, the participant is in {course.arm}"
