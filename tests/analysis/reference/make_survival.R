# Makes survival.json again: numbers on data that come with R's survival package, exported here as lung.csv, veteran.csv,
# colon.csv and mgus2.csv, with late entry and weights.
#
#     Rscript make_survival.R            (in this folder, after installing what make_reference.R names)
#
# rmst.json is given: survRM2 1.0.4 on pbc.csv, which Debian lacks, beside print(survfit(...), rmean=) on the same data.

source("make_reference.R")  # its functions; it also makes its own files again

export <- function(data, file) write.csv(data, file, row.names = FALSE, quote = FALSE, na = "")
export(survival::lung, "lung.csv")
export(survival::veteran, "veteran.csv")
export(survival::colon, "colon.csv")
export(survival::mgus2, "mgus2.csv")

# Weights and late entry for which no data were published are worked out from the row's number, so that anyone can repeat them.
lung$event <- lung$status - 1
lung$row <- seq_len(nrow(lung))
lung$count <- 1 + lung$row %% 3
lung$weight <- 0.5 + (lung$row %% 5) / 4
lung$entry <- (lung$row * 37) %% 200
lung_entered <- subset(lung, entry < time)
deaths <- subset(colon, etype == 2)

# The age in months is the clock: who comes with 50 years is at risk from 600 months on.
mgus2$entry <- mgus2$age * 12
mgus2$exit <- mgus2$entry + mgus2$futime
old <- subset(mgus2, age >= 60)

restricted_mean <- function(formula, data, tau, ...) {
  fit <- do.call(survfit, list(formula, data = data, ...))
  found <- summary(fit, rmean = tau)$table
  if (!is.matrix(found)) found <- t(as.matrix(found))
  list(tau = tau, rmst = unname(found[, "rmean"]), se = unname(found[, "se(rmean)"]))
}

# The infinitesimal jackknife: the derivative of the mean by each row's weight, times the weight.
jackknife <- function(formula, data, tau, weights) {
  fit <- do.call(survfit, list(formula, data = data, weights = weights))
  sqrt(sum((weights * residuals(fit, times = tau, type = "rmst"))^2))
}

rmst <- list(
  lung_sex_365 = restricted_mean(Surv(time, event) ~ sex, lung, 365),
  lung_sex_900 = restricted_mean(Surv(time, event) ~ sex, lung, 900),
  veteran_celltype_150 = restricted_mean(Surv(time, status) ~ celltype, veteran, 150),
  colon_rx_2000 = restricted_mean(Surv(time, status) ~ rx, deaths, 2000),
  lung_counts_500 = restricted_mean(Surv(time, event) ~ sex, lung, 500, weights = lung$count),
  lung_weights_500 = restricted_mean(Surv(time, event) ~ sex, lung, 500, weights = lung$weight),
  lung_entry_600 = restricted_mean(Surv(entry, time, event) ~ sex, lung_entered, 600),
  mgus2_age_1100 = restricted_mean(Surv(entry, exit, death) ~ sex, old, 1100),
  lung_weights_500_jackknife = jackknife(Surv(time, event) ~ 1, lung, 500, lung$weight),
  lung_entry_weights_500_jackknife =
    jackknife(Surv(entry, time, event) ~ 1, lung_entered, 500, lung_entered$weight)
)

# At given times, and quantiles, on all five scales.
curve_at <- function(formula, data, times, ...) {
  fit <- function(conf_type) do.call(survfit, list(formula, data = data, conf.type = conf_type, ...))
  at <- summary(fit("log"), times = times)
  list(times = times, n.risk = at$n.risk, n.event = at$n.event, n.censor = at$n.censor, surv = at$surv, se = at$std.err,
       ci = named(CONF_TYPES, function(conf_type) {
         at <- summary(fit(conf_type), times = times)
         q <- quantile(fit(conf_type), probs = PROBS)
         rows <- function(found) if (is.matrix(found)) as.vector(t(found)) else unname(found)
         list(lower = at$lower, upper = at$upper, quantile = rows(q$quantile), q.lower = rows(q$lower), q.upper = rows(q$upper))
       }))
}

years <- 365.25 * 0:8
curves <- list(
  lung_sex = curve_at(Surv(time, event) ~ sex, lung, c(0, 50, 100, 200, 306, 500, 700, 900)),
  lung_counts = curve_at(Surv(time, event) ~ sex, lung, c(50, 200, 500, 900), weights = lung$count),
  lung_entry = curve_at(Surv(entry, time, event) ~ sex, lung_entered, c(50, 100, 200, 500, 900)),
  lung_entry_weights =
    curve_at(Surv(entry, time, event) ~ sex, lung_entered, c(50, 100, 200, 500, 900), weights = lung_entered$weight),
  veteran_celltype = curve_at(Surv(time, status) ~ celltype, veteran, c(0, 8, 50, 100, 177, 231)),
  veteran_weights = curve_at(Surv(time, status) ~ celltype, veteran, c(0, 8, 50, 100, 177, 186), weights = veteran$karno / 40),
  colon_rx = curve_at(Surv(time, status) ~ rx, deaths, years),
  mgus2_age = curve_at(Surv(entry, exit, death) ~ sex, old, 12 * seq(65, 95, by = 5))
)

# Rows repeated, where survdiff knows no weights.
repeated <- lung[rep(lung$row, lung$count), ]
tests <- c("0" = 0, "0.5" = 0.5, "1" = 1, "2" = 2)
logranks <- lapply(tests, function(rho) list(
  lung_sex_strata_ecog = logrank(Surv(time, event) ~ sex + strata(ph.ecog), subset(lung, !is.na(ph.ecog)), rho),
  lung_ecog_counts = logrank(Surv(time, event) ~ ph.ecog, subset(repeated, !is.na(ph.ecog)), rho),
  veteran_celltype = logrank(Surv(time, status) ~ celltype, veteran, rho),
  veteran_trt_strata_celltype_prior = logrank(Surv(time, status) ~ trt + strata(celltype, prior), veteran, rho),
  colon_rx_strata_node4_obstruct = logrank(Surv(time, status) ~ rx + strata(node4, obstruct), deaths, rho),
  mgus2_sex = logrank(Surv(futime, death) ~ sex, mgus2, rho)
))

# survdiff knows no late entry. Without rho: the score test of the exact partial likelihood.
score <- function(formula, data, df) {
  fit <- coxph(formula, data, ties = "exact", control = coxph.control(iter.max = 0))
  list(chisq = unname(fit$score), df = df)
}

# By the formula and loops, independently of the program: two groups, weights S(t-)^rho.
harrington_fleming <- function(entry, exit, event, second, rho) {
  U <- V <- 0
  S <- 1
  for (t in sort(unique(exit[event == 1]))) {
    at_risk <- entry < t & t <= exit
    n <- sum(at_risk); d <- sum(exit == t & event == 1); q <- sum(at_risk & second) / n
    U <- U + S^rho * (sum(exit == t & event == 1 & second) - d * q)
    if (n > 1) V <- V + S^(2 * rho) * d * (n - d) / (n - 1) * q * (1 - q)
    S <- S * (1 - d / n)
  }
  list(chisq = U^2 / V, df = 1)
}

logranks$entry <- list(
  lung_sex = score(Surv(entry, time, event) ~ sex, lung_entered, 1),
  lung_ecog_strata_sex =
    score(Surv(entry, time, event) ~ factor(ph.ecog) + strata(sex), subset(lung_entered, ph.ecog < 3), 2),
  mgus2_sex_rho0 = with(old, harrington_fleming(entry, exit, death, sex == "M", 0)),  # too many ties for coxph
  lung_sex_rho0 = with(lung_entered, harrington_fleming(entry, time, event, sex == 2, 0)),
  lung_sex_rho1 = with(lung_entered, harrington_fleming(entry, time, event, sex == 2, 1)),
  mgus2_sex_rho0.5 = with(old, harrington_fleming(entry, exit, death, sex == "M", 0.5))
)

# Death after a year by recurrence within it, among those alive and followed then; time counts from there.
recurrences <- subset(colon, etype == 1)
deaths$recurred <- with(recurrences[match(deaths$id, recurrences$id), ], as.integer(status == 1 & time <= 365))
year <- subset(deaths, time > 365)
year$later <- year$time - 365
landmarks <- list(
  n = nrow(year),
  left_out = c(sum(deaths$time <= 365 & deaths$status == 1), sum(deaths$time <= 365 & deaths$status == 0)),
  logrank = logrank(Surv(later, status) ~ recurred, year, 0),
  curve = curve_at(Surv(later, status) ~ recurred, year, c(1, 365, 730, 1826))
)

# Follow-up: the ends of it are what happens, events censor.
follow_up <- list(
  lung_sex = curve_at(Surv(time, 1 - event) ~ sex, lung, c(100, 300, 500)),
  colon_rx = curve_at(Surv(time, 1 - status) ~ rx, deaths, 365 * 1:7)
)

write_reference(
  list(ver = versions, rmst = rmst, curves = curves, logrank = logranks, landmark = landmarks, follow_up = follow_up),
  "survival.json"
)
