"""Trials simulated with a known truth: the parts of `make bench-coverage`.

    cases      how a case is written down, and all that there are
    people     survival times, entries and censorings in whole days
    models     cases of hazard ratios and of competing causes
    repeated   cases of the mixed models, with visits missing at random
    recurrent  cases of rate ratios, mean counts, readmission, days out of hospital
    scores     cases of pairs won, imputed scores, responders
    survival   cases of the curve, its bands and quantiles, the restricted mean

A new case is one function with the decorator `case` in a module of this folder: it is found by itself.
"""
