"""ADREC: each participant's time at risk of a hospital stay, in pieces from admission to admission."""

import numpy as np
import pandas as pd

from analysis.columns import ADREC
from analysis.datasets.cut import Cut
from analysis.datasets.frame import frame
from analysis.datasets.params import observed


def adrec(cut: Cut, times: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    """Pieces from ADOBS (`times`) and ADHO (`spells`), in the order of estimands, participants and days.

    All the time observed is time at risk, in hospital or not, as for the rate of stays; a stay that began on
    the last day observed ends the last piece. A participant observed on day 0 alone has a piece of length 0.
    """
    stays = [name for name, each in observed(cut.study).items() if each.endpoint == "HOSP"]
    own = times[times["PARAMCD"].isin(stays) & (times["ANL01FL"] == "Y")]
    own = own.assign(ORDER=np.arange(len(own)))
    admitted = own.merge(spells[["USUBJID", "ASTDT", "AENDT"]], on="USUBJID")
    within = (admitted["ASTDT"] >= admitted["STARTDT"]) & (admitted["ASTDT"] <= admitted["ENDDT"])
    admitted = admitted[within]
    out_on = admitted["AENDT"].fillna(admitted["ENDDT"]).clip(upper=admitted["ENDDT"])
    admitted = admitted.assign(
        TSTOP=(admitted["ASTDT"] - admitted["STARTDT"]).dt.days,
        EVENT=1,
        ADURN=(out_on - admitted["ASTDT"]).dt.days,
    )
    last = own.assign(TSTOP=own["DAYS"], EVENT=0)  # without ADURN: it is missing once the two are joined
    ends = pd.concat([admitted, last], ignore_index=True)
    # Of a stay on the last day and the end of that day the admission ends the piece: no piece is empty.
    ends = ends.sort_values(["ORDER", "TSTOP", "EVENT"], ascending=[True, True, False])
    ends = ends.drop_duplicates(["ORDER", "TSTOP"])
    final = ends["TSTOP"] == ends["DAYS"]
    ends = ends.assign(
        TERMINAL=(final & (ends["ENDFL"] == "D")).astype(int),
        TSTART=ends.groupby("ORDER")["TSTOP"].shift(fill_value=0),
        ADURN=ends["ADURN"].astype("Int64"),
    )
    columns = list(ADREC)
    rows = ends[columns].itertuples(index=False, name=None)
    return frame(ADREC, (dict(zip(columns, row, strict=True)) for row in rows))
