"""Linear mixed models by restricted maximum likelihood: what `mmrm` and `random_slope_model` are made of.

For both: `records` (the frame checked), `moments` (the data as sums of products), `covariance` (V and its
derivatives), `reml` (the likelihood and its derivatives), `newton` (its maximum), `fixed_effects` (tests of
coefficients by Satterthwaite or Kenward-Roger). For visits: `visits`, `pooling`, `structures`, `means`. For a
line of each participant: `line_columns`, `lines`, `line_maximum`, `slopes`.
"""
