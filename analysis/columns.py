"""The columns of every dataset, in their order, each with what it holds; names are ADaM's where ADaM has one.

Days (`...DY`) count as ADaM counts them: the day of randomisation is 1, the day before it -1. AVAL of ADTTE
is the plain difference in days, as R's `survival` counts. SRCDOM and SRCSEQ name the row of the database that
a row rests on: its table and its id (several ids are parted by blanks).
"""

from collections.abc import Mapping
from types import MappingProxyType

Columns = Mapping[str, str]

_WHO = {
    "STUDYID": "study",
    "USUBJID": "participant, unique over all studies",
    "SUBJID": "participant's code in the study",
    "SITEID": "site",
    "ARMCD": "arm's code",
    "TRTP": "planned treatment",
}
_SOURCE = {"SRCDOM": "table of the source row", "SRCSEQ": "id of the source row"}

ADSL: Columns = MappingProxyType(
    {
        "STUDYID": "study",
        "USUBJID": "participant, unique over all studies",
        "SUBJID": "participant's code in the study",
        "SITEID": "site",
        "ARM": "arm's name, empty where not randomised",
        "ARMCD": "arm's code, empty where not randomised",
        "TRT01P": "planned treatment",
        "ENRLDT": "day of enrolment",
        "RANDDT": "day of randomisation, day 0 of every time",
        "RANDFL": "Y randomised on or before the cut-off, N not",
        "TRTSDT": "day of the first infusion",
        "TRTFL": "Y had an infusion, N had none",
        "DTHDT": "day of death, as the analysis counts it",
        "DTHFL": "Y died on or before the cut-off, N not",
        "DTHREPDT": "day of a death that was reported and not refuted, confirmed or not",
        "TRNDT": "day of the first transplant, as the analysis counts it",
        "LSTALVDT": "last day known alive",
        "FUWDDT": "day of withdrawal from follow-up",
        "QSWDDT": "day of withdrawal from answering",
        "STRATUM": "level of the factor that the randomisation is stratified by; empty where not drawn here",
        "LOT": "product lot of the first infusion",
        "LOTSRC": "cell source of that lot",
        "LOTDONOR": "donor of that lot: allogeneic or autologous",
        "LOTDAGE": "donor's age in years",
        "LOTPASS": "passage",
        "LOTPRES": "fresh or cryopreserved",
        "LOTVIAB": "viability in percent",
        "ROUTE": "route of the first infusion",
        **_SOURCE,
    }
)
ADTTE: Columns = MappingProxyType(
    {
        **_WHO,
        "PARAMCD": "TFS, OS or TTX, the study's first estimand of each; further ones by their code",
        "PARAM": "the endpoint in words",
        "STARTDT": "day 0 of this endpoint",
        "ADT": "day of the event or of censoring",
        "AVAL": "ADT minus STARTDT in days, without the +1",
        "CNSR": "0 event, 1 censored, 2 competing death",
        "event": "1 where CNSR is 0, otherwise 0",
        "EVNTDESC": "what happened, or why it is censored",
        "ANL01FL": "Y analysed; N refused, as checks say (the event stands before day 0)",
        **_SOURCE,
    }
)
ADQS: Columns = MappingProxyType(
    {
        **_WHO,
        "PARCAT1": "questionnaire",
        "PARAMCD": "scale",
        "PARAM": "scale in words",
        "AVISIT": "visit",
        "AVISITN": "planned day of the visit",
        "ADT": "day on which the last answer was given",
        "ADY": "that day, counted from randomisation",
        "AVAL": "score, empty where too few items were answered",
        "ABLFL": "Y on the row that gives BASE, N on others",
        "BASE": "score at baseline, given on the day of the first infusion or before",
        "CHG": "AVAL minus BASE, after baseline",
        "QSEVAL": "who answered",
        "ANL01FL": "Y answered within the window of the visit; N outside it, after a withdrawal or a death",
        **_SOURCE,
    }
)
ADHO: Columns = MappingProxyType(
    {
        **_WHO,
        "ASEQ": "number of the spell of this participant",
        "ASTDT": "first day in hospital",
        "AENDT": "last day in hospital; empty where it is not known or lies after the cut-off",
        "AENRF": "AFTER the last day lies after the cut-off: still in hospital on it; else empty",
        "ASTDY": "first day, counted from randomisation",
        "ADURN": "nights in hospital",
        "ANL01FL": "Y counted in the rate; N began before randomisation or after the end of observation",
        **_SOURCE,
    }
)
ADOBS: Columns = MappingProxyType(
    {
        **_WHO,
        "PARAMCD": "HOSP, QOL, COMPOSITE or SAFETY, the study's first of each; further ones by their code",
        "STARTDT": "day 0 of this estimand",
        "ENDDT": "last day on which the participant is observed for it",
        "DAYS": "ENDDT minus STARTDT",
        "ENDFL": "D ended by death, T by a transplant, C otherwise",
        "ANL01FL": "Y analysed; N not, because it ends before day 0",
        **_SOURCE,
    }
)
ADREC: Columns = MappingProxyType(
    {
        **_WHO,
        "PARAMCD": "as in ADOBS, those of hospital stays",
        "TSTART": "days from day 0 to the beginning of this time at risk: 0, or the admission before it",
        "TSTOP": "days from day 0 to its end: the next admission, or the end of the observation",
        "EVENT": "1 it ends with an admission, 0 it does not",
        "TERMINAL": "1 it ends with death, 0 it does not",
        "ADURN": "nights in hospital of that stay by the end of the observation; empty without a stay",
    }
)
ADAE: Columns = MappingProxyType(
    {
        **_WHO,
        "AECAT": "tumour or adverse event",
        "AETERM": "what it was, in words",
        "AESER": "Y serious, N not",
        "AESCRIT": "what made it serious",
        "AEOUT": "how it ended",
        "ASTDT": "first day",
        "AENDT": "last day, where it is known",
        "ASTDY": "first day, counted from randomisation",
        "ANL01FL": "Y began from randomisation to the end of observation; N did not",
        **_SOURCE,
    }
)
ADBL: Columns = MappingProxyType(
    {
        **_WHO,
        "PARCAT1": "questionnaire",
        "PARAMCD": "item, or scale",
        "TYPE": "type of the item, or scale",
        "AVAL": "the answer or score as a number; empty where it is none",
        "AVALC": "the answer as text",
        **_SOURCE,
    }
)
FORMS: Columns = MappingProxyType(
    {
        **_WHO,
        "PARCAT1": "questionnaire",
        "AVISIT": "visit",
        "AVISITN": "planned day of the visit",
        "OPENDT": "first day of the window",
        "DUEDT": "due day",
        "CLOSEDT": "last day of the window",
        "ADT": "day on which the last answer was given",
        "EXPFL": "Y expected: due by the cut-off, the participant alive and taking part",
        "COMPFL": "Y completed: sent, answered within the window, at least one scale can be scored",
        "REASON": "why it is not there",
        "MISSRSN": "why staff say that it was missed, empty where they say nothing or it is there",
        **_SOURCE,
    }
)
ALERTS: Columns = MappingProxyType(
    {
        **_WHO,
        "RULE": "rule of the study that the answers met",
        "ASTDT": "day on which it was raised",
        "ASTDY": "that day, counted from randomisation",
        "ESCFL": "Y told of by e-mail because its deadline passed, N not",
        "DISPFL": "Y has a disposition, N none yet",
        "DISPCD": "the disposition that counts, the last one",
        "DISPHRS": "hours from raising to the first disposition",
        **_SOURCE,
    }
)
QUERIES: Columns = MappingProxyType(
    {
        "STUDYID": "study",
        "USUBJID": "participant, unique over all studies",
        "SUBJID": "participant's code in the study",
        "SITEID": "site",
        "QYSUBJ": "what it is about: answer, event, participant, treatment or sighting",
        "QYFIELD": "item or field",
        "QYORIG": "person or check",
        "ASTDT": "day on which it was raised",
        "QYSTAT": "open, answered or closed",
        "AGEDAYS": "days since it was raised, to the cut-off or the last word in any query",
        **_SOURCE,
    }
)
FLOW: Columns = MappingProxyType(
    {
        "ARMCD": "arm's code; empty for all participants before randomisation",
        "STEP": "step of the flow",
        "STEPN": "its place in the order",
        "N": "participants",
    }
)
CHECKS: Columns = MappingProxyType(
    {
        "CHECK": "what kind of inconsistency",
        "USUBJID": "participant",
        "MESSAGE": "what is inconsistent, in words",
        **_SOURCE,
    }
)
DATASETS: Mapping[str, Columns] = MappingProxyType(
    {
        "adsl": ADSL,
        "adtte": ADTTE,
        "adqs": ADQS,
        "adho": ADHO,
        "adobs": ADOBS,
        "adrec": ADREC,
        "adae": ADAE,
        "adbl": ADBL,
        "forms": FORMS,
        "alerts": ALERTS,
        "queries": QUERIES,
        "flow": FLOW,
        "checks": CHECKS,
    }
)
DATES = frozenset(
    {
        *("ENRLDT", "RANDDT", "TRTSDT", "DTHDT", "DTHREPDT", "TRNDT", "LSTALVDT", "FUWDDT", "QSWDDT"),
        *("STARTDT", "ENDDT", "ADT", "ASTDT", "AENDT", "OPENDT", "DUEDT", "CLOSEDT"),
    }
)
NULLABLE = frozenset({"AVISITN", "ADY", "ASTDY", "ADURN", "LOTDAGE", "LOTPASS"})
WHOLE = NULLABLE | {
    "DAYS",
    "TSTART",
    "TSTOP",
    "EVENT",
    "TERMINAL",
    "CNSR",
    "event",
    "ASEQ",
    "STEPN",
    "N",
    "AGEDAYS",
}
NUMBERS = frozenset({"AVAL", "BASE", "CHG", "LOTVIAB", "DISPHRS"})
