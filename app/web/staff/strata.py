"""How many participants were randomised in each stratum, whatever their arm."""

from flask.typing import ResponseReturnValue

from app.queries import allocations
from app.web.gate import staff_only
from app.web.staff import blueprint
from app.web.staff.desk import at_desk
from app.web.staff.pages import page


@blueprint.get("/randomisation")
@staff_only("monitor", "administrator")
def strata() -> ResponseReturnValue:
    """Show the lists by their hashes, and the counts at the own sites."""
    with at_desk() as desk:
        asked = desk.study.randomisation
        factor = asked.factor if asked else None
        sites = {site.code for site in desk.sites}
        counts = allocations.randomised(desk.session, study_id=desk.study_id)
        return page(
            "strata.html",
            desk,
            lists=allocations.lists(desk.session, study_id=desk.study_id),
            factor=factor.name if factor else "",
            levels={level.code: level.name for level in factor.levels} if factor else {},
            counts=[(stratum, number) for stratum, number in counts.items() if stratum.site in sites],
        )
