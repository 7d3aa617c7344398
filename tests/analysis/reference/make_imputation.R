# Makes imputation.json again from pbcseq_visits.csv, with R's nlme:
#
#     apt-get install r-cran-nlme r-cran-jsonlite
#     Rscript make_imputation.R            (in this folder)
#
# The numbers kept here came from R 4.2.2 and nlme 3.1-162 (Debian 12). Means of log bilirubin by arm and visit under an
# unstructured covariance of the arm's own, missing at random, by maximum likelihood restricted: what multiple imputation must
# agree with, but for chance and small samples. The scores are those of the covariates' mean in each arm.

library(nlme)

visits <- read.csv("pbcseq_visits.csv")
visits <- visits[order(visits$id, visits$visit), ]

by_arm <- lapply(split(visits, visits$trt), function(rows) {
  rows$v <- factor(rows$visit)
  baseline <- rows$lbili0[!duplicated(rows$id)]
  rows$x <- rows$lbili0 - mean(baseline)
  fit <- gls(lbili ~ 0 + v + v:x, rows, correlation = corSymm(form = ~ visit | id), weights = varIdent(form = ~ 1 | visit),
             method = "REML", control = glsControl(maxIter = 200, msMaxIter = 500, tolerance = 1e-8, opt = "optim"))
  list(mean = unname(coef(fit)[1:6]), std_error = unname(sqrt(diag(vcov(fit)))[1:6]))
})
writeLines(jsonlite::toJSON(list(version = R.version.string, arms = by_arm), digits = 10, auto_unbox = TRUE), "imputation.json")
