"""What is true in the demo study: every number that its participants are simulated from.

docs/demo.md tells a statistician what each number means and which estimate should come near it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.withdrawal import WithdrawalScope


@dataclass(frozen=True, kw_only=True)
class ArmTruth:
    """How participants of one arm fare; rates are per person-year and constant in time."""

    deaths: float
    transplants: float
    deaths_after_transplant: float
    stays: float
    quality_slope: float
    answering: float
    tumours: float


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The demo study's truth: quality of life is on the total's scale of 0 to 100, times are in days.

    `infused` is the arm that has product lots, `control` the other one.
    """

    seed: int = 20_260_715
    participants: int = 200
    enrolling_days: int = 700
    lag_days: int = 5
    never_randomised: float = 0.03
    site_language: float = 0.8
    first_language: float = 0.14
    other_languages: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "madrid": ("fr", "de", "pt", "zh-Hans", "ja"),
            "kolkata": ("mr", "ja"),
            "cairo": ("fa", "tr", "fr"),
        }
    )

    infused: ArmTruth = field(
        default_factory=lambda: ArmTruth(
            deaths=0.16,
            transplants=0.10,
            deaths_after_transplant=0.06,
            stays=0.9,
            quality_slope=8.0,
            answering=0.90,
            tumours=0.03,
        )
    )
    control: ArmTruth = field(
        default_factory=lambda: ArmTruth(
            deaths=0.34,
            transplants=0.18,
            deaths_after_transplant=0.06,
            stays=1.6,
            quality_slope=-4.0,
            answering=0.84,
            tumours=0.03,
        )
    )
    meld_mean: float = 20.0
    meld_sd: float = 5.0
    deaths_by_meld: float = 0.06
    aetiologies: tuple[float, ...] = (0.4, 0.3, 0.2, 0.1)
    aclf_definitions: tuple[float, ...] = (0.5, 0.2, 0.15, 0.15)
    form_forgotten: float = 0.03

    stay_frailty_variance: float = 0.4
    stay_median_days: float = 6.0
    stay_log_sd: float = 0.7

    quality_mean: float = 52.0
    quality_sd: float = 10.0
    quality_slope_sd: float = 4.0
    quality_visit_sd: float = 4.0
    item_sd: float = 9.0
    scale_spread: float = 8.0
    item_left_out: float = 0.03
    item_declined: float = 0.02
    draft_only: float = 0.02

    withdrawals: float = 0.06
    withdrawal_scopes: tuple[tuple[WithdrawalScope, float], ...] = (
        ("contact", 0.4),
        ("answers", 0.35),
        ("follow-up", 0.25),
    )
    seen_in_clinic: float = 0.5
    called_when_missed: float = 0.4
    called_later: float = 0.85
    called_before_the_end: float = 0.95
    answering_in_hospital: float = 0.5

    told_by_participant: float = 0.75
    told_while_there: float = 0.15
    partly_known: float = 0.12
    told_wrong_day: float = 0.2
    stays_that_were_none: float = 0.12
    read_after_days: int = 14
    never_read: float = 0.05
    needs_information: float = 0.04


TRUTH = Truth()
