"""What a study estimates: an endpoint in a population, and what is done about what happens in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.domain.definition import Strict

Endpoint = Literal["TFS", "OS", "TTX"]
ENDPOINTS: tuple[Endpoint, ...] = ("TFS", "OS", "TTX")
"""Those that are times to an event: transplant-free survival, survival, time to transplant."""
AnyEndpoint = Literal["TFS", "OS", "TTX", "HOSP", "QOL", "COMPOSITE", "SAFETY"]
ANY_ENDPOINT: tuple[AnyEndpoint, ...] = (*ENDPOINTS, "HOSP", "QOL", "COMPOSITE", "SAFETY")

Origin = Literal["randomisation", "first-infusion"]
Population = Literal["randomised", "treated"]
Strategy = Literal["event", "ignored", "competing", "censoring", "while-alive"]


@dataclass(frozen=True)
class Choices:
    """What a transplant and a death may be for an endpoint; what stands first holds where nothing is said."""

    transplant: tuple[Strategy, ...]
    death: tuple[Strategy, ...]


STRATEGIES: Mapping[AnyEndpoint, Choices] = {
    "TFS": Choices(transplant=("event",), death=("event",)),
    "OS": Choices(transplant=("ignored", "censoring"), death=("event",)),
    "TTX": Choices(transplant=("event",), death=("competing", "censoring")),
    "HOSP": Choices(transplant=("ignored", "censoring"), death=("while-alive", "competing", "censoring")),
    "QOL": Choices(
        transplant=("ignored", "censoring", "event"), death=("while-alive", "event", "competing", "censoring")
    ),
    "COMPOSITE": Choices(transplant=("event", "ignored"), death=("event",)),
    "SAFETY": Choices(transplant=("ignored", "censoring"), death=("competing", "censoring")),
}
"""The strategies of ICH E9(R1): `event` composite, `ignored` treatment policy, `censoring` hypothetical,
`while-alive` while alive; `competing` ends the chance of the event, and is counted beside it.
"""


@dataclass(frozen=True, kw_only=True)
class Estimand(Strict):
    """An endpoint, its population and origin, and what is done about intercurrent events.

    Analyses name it by its code, or where it has none by its endpoint in lower case. `transplant` and `death`
    None mean the endpoint's own (`STRATEGIES`). A quality of life is a scale of an instrument, or without
    `scale` all of them; `meaningful_difference` is in its points.
    """

    code: str = ""
    endpoint: AnyEndpoint
    origin: Origin
    population: str
    set: Population = "randomised"
    intercurrent: str
    transplant: Strategy | None = None
    death: Strategy | None = None
    summary: str
    instrument: str = ""
    scale: str = ""
    meaningful_difference: float | None = None

    @property
    def key(self) -> str:
        """Return what analyses call it."""
        return self.code or self.endpoint.lower()

    @property
    def of_the_infused(self) -> bool:
        """Return whether it is of those alone who were infused: its set, or who has its day 0."""
        return self.set == "treated" or self.origin == "first-infusion"

    @property
    def transplant_is(self) -> Strategy:
        """Return what a transplant is for it."""
        return self.transplant or STRATEGIES[self.endpoint].transplant[0]

    @property
    def death_is(self) -> Strategy:
        """Return what a death is for it."""
        return self.death or STRATEGIES[self.endpoint].death[0]
