"""Estimators of the analysis: arrays and frames in, frozen results out, the numbers of R's survival package.

The only package that uses lifelines. It reads no database and imports nothing of the application.
"""

from __future__ import annotations

from analysis.estimators.alpha_spending import AlphaSpending, Spending, alpha_spending
from analysis.estimators.area_under_curve import AreaUnderCurve, area_under_curve
from analysis.estimators.bands import Band
from analysis.estimators.cox_regression import CoxRegression, cox_regression
from analysis.estimators.cumulative_incidence import CumulativeIncidence, cumulative_incidence
from analysis.estimators.days_out_of_hospital import DaysOutOfHospital, days_alive_out_of_hospital
from analysis.estimators.death_estimands import composite_contrast, while_alive_contrast
from analysis.estimators.design import Design, design
from analysis.estimators.event_rate_ratio import EventRateRatio, RateModel, event_rate_ratio
from analysis.estimators.exposure import ExposureAdjustedIncidence, exposure_adjusted_incidence
from analysis.estimators.fine_gray import FineGrayRegression, fine_gray_regression
from analysis.estimators.follow_up_completeness import FollowUpCompleteness, follow_up_completeness
from analysis.estimators.gray import GrayTest, gray_test
from analysis.estimators.hospital_spells import hospital_spells
from analysis.estimators.imputation import Imputations, impute_scores
from analysis.estimators.imputation_pooling import PooledEstimate, pool_imputations
from analysis.estimators.imputed_contrasts import ImputedContrasts, imputed_contrasts
from analysis.estimators.input_error import InputError
from analysis.estimators.intervals import ConfidenceType
from analysis.estimators.kaplan_meier import KaplanMeier, kaplan_meier
from analysis.estimators.landmark import Landmark, landmark
from analysis.estimators.logrank import LogrankTest, logrank_test
from analysis.estimators.mean_cumulative_count import MeanCumulativeCount, mean_cumulative_count
from analysis.estimators.mean_differences import MeanDifferences
from analysis.estimators.mixed.fixed_effects import FTest
from analysis.estimators.mixed.means import Mmrm
from analysis.estimators.mixed.slopes import RandomSlopes
from analysis.estimators.mmrm import mmrm
from analysis.estimators.multiplicity import AdjustedPValues, MultiplicityRule, adjusted_p_values
from analysis.estimators.pair_components import Count, Difference, TimeToEvent
from analysis.estimators.random_slope import random_slope_model
from analysis.estimators.rates import EventRates, event_rate
from analysis.estimators.readmission import Readmission, readmission
from analysis.estimators.recurrent_event_rows import recurrent_event_rows
from analysis.estimators.responders import Responders, responder_analysis
from analysis.estimators.restricted_mean import RestrictedMean, restricted_mean_survival
from analysis.estimators.reverse_kaplan_meier import reverse_kaplan_meier
from analysis.estimators.subgroup_effects import SubgroupEffects, subgroup_effects
from analysis.estimators.sustained_deterioration import SustainedDeterioration, sustained_deterioration
from analysis.estimators.time_lost import RestrictedMeanTimeLost, restricted_mean_time_lost
from analysis.estimators.tipping_point import TippingPoint, tipping_point
from analysis.estimators.win_ratio import WinRatio, win_ratio
from analysis.estimators.worst_rank import WorstRankContrasts, worst_rank_contrast

__all__ = [
    "AdjustedPValues",
    "AlphaSpending",
    "AreaUnderCurve",
    "Band",
    "ConfidenceType",
    "Count",
    "CoxRegression",
    "CumulativeIncidence",
    "DaysOutOfHospital",
    "Design",
    "Difference",
    "EventRateRatio",
    "EventRates",
    "ExposureAdjustedIncidence",
    "FTest",
    "FineGrayRegression",
    "FollowUpCompleteness",
    "GrayTest",
    "Imputations",
    "ImputedContrasts",
    "InputError",
    "KaplanMeier",
    "Landmark",
    "LogrankTest",
    "MeanCumulativeCount",
    "MeanDifferences",
    "Mmrm",
    "MultiplicityRule",
    "PooledEstimate",
    "RandomSlopes",
    "RateModel",
    "Readmission",
    "Responders",
    "RestrictedMean",
    "RestrictedMeanTimeLost",
    "Spending",
    "SubgroupEffects",
    "SustainedDeterioration",
    "TimeToEvent",
    "TippingPoint",
    "WinRatio",
    "WorstRankContrasts",
    "adjusted_p_values",
    "alpha_spending",
    "area_under_curve",
    "composite_contrast",
    "cox_regression",
    "cumulative_incidence",
    "days_alive_out_of_hospital",
    "design",
    "event_rate",
    "event_rate_ratio",
    "exposure_adjusted_incidence",
    "fine_gray_regression",
    "follow_up_completeness",
    "gray_test",
    "hospital_spells",
    "impute_scores",
    "imputed_contrasts",
    "kaplan_meier",
    "landmark",
    "logrank_test",
    "mean_cumulative_count",
    "mmrm",
    "pool_imputations",
    "random_slope_model",
    "readmission",
    "recurrent_event_rows",
    "responder_analysis",
    "restricted_mean_survival",
    "restricted_mean_time_lost",
    "reverse_kaplan_meier",
    "subgroup_effects",
    "sustained_deterioration",
    "tipping_point",
    "while_alive_contrast",
    "win_ratio",
    "worst_rank_contrast",
]
