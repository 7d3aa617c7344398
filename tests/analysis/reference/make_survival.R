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

write_reference(list(ver = versions, rmst = rmst), "survival.json")
