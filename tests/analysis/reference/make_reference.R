# Makes kaplan_meier.json and logrank.json again from pbc.csv and aml.csv, with R's survival package:
#
#     apt-get install r-cran-survival r-cran-jsonlite
#     Rscript make_reference.R            (in this folder)
#
# The numbers kept here came from R 4.2.2 and survival 3.5-3 (Debian 12).

library(survival)

CONF_TYPES <- c("log-log", "log", "plain", "logit", "arcsin")
PROBS <- c(0.25, 0.5, 0.75)

pbc <- read.csv("pbc.csv")
pbc$tfs <- as.integer(pbc$status > 0)     # transplant-free survival: transplant or death
pbc$death <- as.integer(pbc$status == 2)
randomised <- subset(pbc, !is.na(trt))
aml <- read.csv("aml.csv")

# Late entry and sampling weights for which no data were published: worked out from the id, so that anyone can repeat them.
randomised$entry <- (randomised$id * 37) %% 400
randomised$weight <- 0.5 + (randomised$id %% 7) / 4
entered <- subset(randomised, entry < time)

named <- function(names, f) setNames(lapply(names, f), names)

strata_of <- function(fit) if (is.null(fit$strata)) rep("all", length(fit$time)) else rep(names(fit$strata), fit$strata)

curve <- function(fit) {
  list(time = fit$time, n.risk = fit$n.risk, n.event = fit$n.event, n.censor = fit$n.censor, strata = strata_of(fit),
       surv = fit$surv, std.err.surv = summary(fit, censored = TRUE)$std.err)
}

by_group <- function(found) {
  if (is.matrix(found)) named(rownames(found), function(group) as.list(found[group, ])) else as.list(found)
}

limits <- function(fit) {
  at <- quantile(fit, probs = PROBS)
  list(lower = fit$lower, upper = fit$upper,
       quantile = by_group(at$quantile), q.lower = by_group(at$lower), q.upper = by_group(at$upper))
}

# `...` are weights; survfit looks for them in the data, hence do.call.
kaplan_meier <- function(formula, data, ...) {
  fit <- function(conf_type) do.call(survfit, list(formula, data = data, conf.type = conf_type, ...))
  list(curve = curve(fit("log-log")), ci = named(CONF_TYPES, function(conf_type) limits(fit(conf_type))))
}

at_times <- function(formula, data, times) {
  found <- summary(survfit(formula, data, conf.type = "log-log"), times = times)
  list(time = found$time, strata = as.character(found$strata), n.risk = found$n.risk, n.event = found$n.event,
       n.censor = found$n.censor, surv = found$surv, se = found$std.err, lower = found$lower, upper = found$upper)
}

logrank <- function(formula, data, rho) {
  found <- survdiff(formula, data, rho = rho)
  df <- length(found$n) - 1
  list(n = as.vector(found$n), obs = found$obs, exp = found$exp, chisq = found$chisq, df = df,
       p = pchisq(found$chisq, df, lower.tail = FALSE))
}

# survdiff knows no late entry: the score test of the exact partial likelihood is the log-rank test, ties included.
logrank_with_entry <- function() {
  fit <- coxph(Surv(entry, time, tfs) ~ trt, entered, ties = "exact")
  list(chisq = unname(fit$score), df = 1, p = pchisq(unname(fit$score), 1, lower.tail = FALSE))
}

tests <- list(
  pbc_tfs_trt = list(Surv(time, tfs) ~ trt, randomised),
  pbc_death_trt = list(Surv(time, death) ~ trt, randomised),
  pbc_tfs_stage = list(Surv(time, tfs) ~ stage, randomised),
  pbc_tfs_trt_strata_edema = list(Surv(time, tfs) ~ trt + strata(edema), randomised),
  pbc_tfs_trt_strata_stage_sex = list(Surv(time, tfs) ~ trt + strata(stage, sex), randomised),
  aml = list(Surv(time, status) ~ x, aml)
)

versions <- list(R = R.version.string, survival = as.character(packageVersion("survival")))

write_reference <- function(reference, file) {
  # 15 digits; NA where R has none, such as a median that is not reached.
  jsonlite::write_json(reference, file, auto_unbox = TRUE, digits = NA, na = "null")
}

write_reference(list(
  ver = versions,
  pbc_tfs_all = kaplan_meier(Surv(time, tfs) ~ 1, pbc),
  pbc_tfs_rand = kaplan_meier(Surv(time, tfs) ~ 1, randomised),
  pbc_tfs_trt = kaplan_meier(Surv(time, tfs) ~ trt, randomised),
  pbc_death_trt = kaplan_meier(Surv(time, death) ~ trt, randomised),
  pbc_tfs_trt_at = at_times(Surv(time, tfs) ~ trt, randomised, seq(0, 4380, by = 365)),
  pbc_tfs_trt_entry = kaplan_meier(Surv(entry, time, tfs) ~ trt, entered),
  pbc_tfs_trt_weights = kaplan_meier(Surv(time, tfs) ~ trt, randomised, weights = randomised$weight),
  pbc_tfs_trt_entry_weights = kaplan_meier(Surv(entry, time, tfs) ~ trt, entered, weights = entered$weight)
), "kaplan_meier.json")

write_reference(c(
  list(ver = versions),
  named(c("rho0", "rho0.5", "rho1"), function(key) {
    lapply(tests, function(test) logrank(test[[1]], test[[2]], as.numeric(sub("rho", "", key))))
  }),
  list(entry = list(pbc_tfs_trt = logrank_with_entry()))
), "logrank.json")
