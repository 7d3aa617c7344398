"""Mean scores at the last visit, death counting as a score: a composite that makes sense for utilities."""

from analysis.estimators import composite_contrast
from analysis.reports.ended import ended, ends, ends_words
from analysis.reports.exclusions import excluded
from analysis.reports.finding import Finding, NotPossible
from analysis.reports.language import gettext
from analysis.reports.plain import lines
from analysis.reports.score_differences import OF_MEANS, difference_sentences, difference_table
from analysis.reports.step import Step

SOURCE = (
    "Scores at the last visit are compared with {ends} before it counting as a score of {value:g}; by"
    " Welch's test."
)


def find(step: Step) -> Finding:
    """The difference of the means."""
    value = step.analysis.at_death
    if value is None:
        raise NotPossible("The plan names no score for a death.")
    held = ended(step)
    rows = held.rows
    found = composite_contrast(
        rows["AVAL"], rows["ended"], rows["ARMCD"], reference=step.reference, at_death=value
    )
    differences = lines(found.to_frame())
    return Finding(
        sentences=difference_sentences(step, differences, what=f"of mean scores at {held.visit}"),
        tables=(
            difference_table(
                step,
                differences,
                OF_MEANS,
                caption=gettext(
                    "Score at %(visit)s, with %(value)s for %(how)s",
                    visit=held.visit_words,
                    how=ends_words(step),
                    value=f"{value:g}",
                ),
            ),
        ),
        results={"at_death": value, "contrast": differences},
        excluded=excluded(step, rows, held.left_out),
        methods=(SOURCE.format(ends=ends(step), value=value),),
        code=f"{held.code}\n"
        'composite_contrast(rows["AVAL"], rows["ended"], rows["ARMCD"],'
        f' reference="{step.reference}", at_death={value:g})',
    )
