"""A study's protocol as data: what `study.toml` says, checked as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

from app.domain.actor import Role
from app.domain.adjudication import EVENT_KINDS, EventKind, Rule
from app.domain.analysis_plan import USUAL, Analysis, AnalysisSettings
from app.domain.condition import Condition
from app.domain.definition import Strict
from app.domain.definition import Texts as Texts
from app.domain.estimand import ENDPOINTS as ENDPOINTS
from app.domain.estimand import AnyEndpoint
from app.domain.estimand import Endpoint as Endpoint
from app.domain.estimand import Estimand as Estimand
from app.domain.estimand import Origin as Origin
from app.domain.quiet_hours import QuietHours
from app.domain.visit import Anchor, occurrences
from app.domain.visit import Visit as Visit

Blinding = Literal["none", "assessors", "double"]
AfterTransplant = Literal["continue", "stop"]
Channel = Literal["email", "sms", "push"]
CHANNELS: tuple[Channel, ...] = ("email", "sms", "push")
OLDEST_AGE = 120
"""Nobody is older: a year of birth that says so is mistyped."""
AlertOwner = Literal["coordinator", "administrator"]
TIMINGS = ("on_opening", "days_after_opening", "days_after_due", "days_before_closing")


@dataclass(frozen=True, kw_only=True)
class Arm(Strict):
    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Site(Strict):
    """A hospital; `phone` is whom participants call, `language` what its forms start in."""

    code: str
    name: str
    time_zone: str
    phone: str
    language: str


@dataclass(frozen=True, kw_only=True)
class ReminderStep(Strict):
    """One step of reminding, on a day that exactly one of `TIMINGS` names; for all visits, or for `visits`.

    `days_after_due` may be negative: days before the due day. `channels` in order of preference, or the only
    `channel`; `text` is the short form, for all but e-mail.
    """

    code: str
    on_opening: bool = False
    days_after_opening: int | None = None
    days_after_due: int | None = None
    days_before_closing: int | None = None
    channel: Channel | None = None
    channels: tuple[Channel, ...] = ()
    subject: Texts
    body: Texts
    text: Texts = field(default_factory=dict)
    visits: tuple[str, ...] = ()

    @property
    def ways(self) -> tuple[Channel, ...]:
        """Return the channels in order of preference; e-mail where none is named."""
        return self.channels or (self.channel or "email",)

    @property
    def timings(self) -> tuple[str, ...]:
        """Return which of `TIMINGS` the step gives."""
        given = {"on_opening": self.on_opening or None}
        return tuple(name for name in TIMINGS if given.get(name, getattr(self, name)) is not None)


@dataclass(frozen=True, kw_only=True)
class ProductLot(Strict):
    """A batch of cells as it was released for infusion."""

    code: str
    arm: str
    source: str
    donor_type: Literal["allogeneic", "autologous"]
    donor_age_years: int
    passage: int
    preservation: Literal["fresh", "cryopreserved"]
    route: str
    viability_percent: float | None = None


@dataclass(frozen=True, kw_only=True)
class StayReason(Strict):
    """A reason for a hospital stay that participants choose from, in the order in which they are shown."""

    code: str
    text: Texts


@dataclass(frozen=True, kw_only=True)
class Disposition(Strict):
    """What became of an alert, in words that staff choose from; with `note` they write more."""

    code: str
    text: Texts
    note: bool = False


@dataclass(frozen=True, kw_only=True)
class AlertRule(Strict):
    """Answers of one instrument that someone must look at; `text` tells the participant what to do.

    Whoever has the role `owner` (a coordinator: of the participant's site) looks at them, and says within
    `deadline_hours` what became of them, in the rule's own `dispositions` or else in the study's.
    """

    code: str
    instrument: str
    when: tuple[Condition, ...]
    text: Texts
    deadline_hours: int = 24
    owner: AlertOwner = "coordinator"
    dispositions: tuple[Disposition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Level(Strict):
    """One of the values that the factor of a stratified randomisation has."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Factor(Strict):
    """What participants are stratified by beside their site; staff say it when they randomise."""

    name: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, kw_only=True)
class Randomisation(Strict):
    """Permuted blocks of random sizes; `ratio` says how many of each arm stand in the smallest block."""

    blocks: tuple[int, ...]
    ratio: Mapping[str, int] = field(default_factory=dict)
    factor: Factor | None = None


@dataclass(frozen=True, kw_only=True)
class Adjudication(Strict):
    """Who decides about reported events of some kinds; the other kinds have one reading by a coordinator.

    `readings` is 1, or 2 for independent readers and a third where they disagree; `tolerance_days` is by how
    much their dates may differ. `signed`: each reading is signed.
    """

    readings: int = 1
    by: Literal["coordinator", "adjudicator"] = "coordinator"
    kinds: tuple[EventKind, ...] = EVENT_KINDS
    tolerance_days: int = 0
    signed: bool = False

    def rule(self, kind: EventKind) -> Rule:
        """Return how many readings decide about an event of a kind."""
        if kind not in self.kinds:
            return Rule()
        return Rule(readings=self.readings, tolerance_days=self.tolerance_days)

    def readers(self, kind: EventKind) -> tuple[Role, ...]:
        """Return the roles that read events of a kind."""
        if kind in self.kinds and self.by == "adjudicator":
            return ("adjudicator",)
        return ("coordinator", "adjudicator", "administrator")

    def is_signed(self, kind: EventKind) -> bool:
        """Return whether readings of a kind are signed."""
        return self.signed and kind in self.kinds


@dataclass(frozen=True, kw_only=True)
class Study(Strict):
    """One version of a protocol. Visits are counted from `anchor`, but for those that name another.

    For `offline_days` after the link was opened a phone shows its pages without a connection; `history` lets
    participants see their own scores. Without `randomisation` arms are drawn elsewhere and typed in. Between
    `youngest_age` and `oldest_age` participants are enrolled.
    """

    code: str
    title: Texts
    blinding: Blinding
    languages: tuple[str, ...]
    consent_versions: tuple[str, ...]
    link_days: int
    session_days: int
    arms: tuple[Arm, ...]
    sites: tuple[Site, ...]
    visits: tuple[Visit, ...] = ()
    reminders: tuple[ReminderStep, ...] = ()
    product_lots: tuple[ProductLot, ...] = ()
    estimands: tuple[Estimand, ...] = ()
    analyses: tuple[Analysis, ...] = ()
    analysis: AnalysisSettings = USUAL
    stay_reasons: tuple[StayReason, ...] = ()
    alerts: tuple[AlertRule, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    offline_days: int = 14
    history: bool = False
    delegation_required: bool = False
    quiet_from: int = 20
    quiet_until: int = 8
    randomisation: Randomisation | None = None
    adjudication: Adjudication = Adjudication()
    anchor: Anchor = "randomisation"
    after_transplant: AfterTransplant = "continue"
    youngest_age: int = 0
    oldest_age: int = OLDEST_AGE

    @property
    def quiet_hours(self) -> QuietHours:
        """Return when no planned message leaves."""
        return QuietHours(self.quiet_from, self.quiet_until)

    @cached_property
    def schedule(self) -> tuple[Visit, ...]:
        """Return all visits as they are planned, a repeating one once for each time."""
        return tuple(time for visit in self.visits for time in occurrences(visit))

    @cached_property
    def _planned(self) -> dict[str, Visit]:
        return {visit.code: visit for visit in self.schedule}

    @property
    def instruments(self) -> tuple[str, ...]:
        """Return the names of all that participants answer at any visit, in the order of their first use."""
        return tuple(dict.fromkeys(name for visit in self.visits for name in visit.instruments))

    @property
    def staff_forms(self) -> tuple[str, ...]:
        """Return the names of all instruments that staff fill in at any visit."""
        return tuple(dict.fromkeys(name for visit in self.visits for name in visit.staff_forms))

    @property
    def infusions_tell_arm(self) -> bool:
        """Return whether arms are hidden and the mere fact of an infusion would tell one."""
        treated = {lot.arm for lot in self.product_lots}
        return self.blinding != "none" and treated != {arm.code for arm in self.arms}

    def may_learn_arms(self, role: Role | None) -> bool:
        """Return whether someone with this role may be told arms at all, if they say why."""
        return role == "administrator" or (role == "coordinator" and self.blinding != "double")

    def site(self, code: str) -> Site:
        """Return a site by its code; KeyError where there is none."""
        return _by_code(self.sites, code)

    def arm(self, code: str) -> Arm:
        """Return an arm by its code; KeyError where there is none."""
        return _by_code(self.arms, code)

    def visit(self, code: str) -> Visit:
        """Return a visit, or one time of a repeating one, by its code; KeyError where there is none."""
        return self._planned[code]

    def anchor_of(self, visit: Visit) -> Anchor:
        """Return what a visit is counted from."""
        return visit.anchor or self.anchor

    def product_lot(self, code: str) -> ProductLot:
        """Return a product lot by its code; KeyError where there is none."""
        return _by_code(self.product_lots, code)

    def reminder(self, code: str) -> ReminderStep:
        """Return a reminder step by its code; KeyError where there is none."""
        return _by_code(self.reminders, code)

    def reminders_of(self, visit: str) -> tuple[ReminderStep, ...]:
        """Return the steps of reminding about one visit."""
        codes = set(self.visit(visit).codes)
        return tuple(step for step in self.reminders if not step.visits or not codes.isdisjoint(step.visits))

    def estimand(self, endpoint: AnyEndpoint) -> Estimand | None:
        """Return the first that the study says of an endpoint, or None where it leaves it out."""
        return next((each for each in self.estimands if each.endpoint == endpoint), None)

    @property
    def reference_arm(self) -> str:
        """Return the code of the arm that the others are held against."""
        return self.analysis.reference or self.arms[-1].code


Coded = TypeVar("Coded", Arm, Site, ReminderStep, ProductLot)


def _by_code(many: Iterable[Coded], code: str) -> Coded:
    for each in many:
        if each.code == code:
            return each
    raise KeyError(code)
