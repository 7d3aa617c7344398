"""Linear mixed models by restricted maximum likelihood: what `mmrm` and `random_slope_model` share.

From the bottom up: `moments` (the data as sums of products), `covariance` and `structures` (V and its
derivatives), `reml` (the likelihood and its derivatives), `newton` (its maximum), `fixed_effects` (tests of
coefficients by Satterthwaite or Kenward-Roger).
"""
