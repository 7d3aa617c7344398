# Makes competing_risks.json and transplant.csv again, with R's packages survival and cmprsk:
#
#     apt-get install r-cran-survival r-cran-cmprsk r-cran-jsonlite
#     Rscript make_competing.R            (in this folder)
#
# The numbers kept here came from R 4.2.2, survival 3.5-3 and cmprsk 2.2-11 (Debian 12).

library(survival)
library(cmprsk)

named <- function(names, f) setNames(lapply(names, f), names)

# ------------------------------------------------------------------------------------------------------------------ data

pbc <- subset(read.csv("pbc.csv"), !is.na(trt))
pbc$cause <- factor(pbc$status, 0:2)
# Late entry and sampling weights for which no data were published: worked out from the id, so that anyone can repeat them.
pbc$entry <- (pbc$id * 37) %% 400
pbc$weight <- 0.5 + (pbc$id %% 7) / 4

# Monoclonal gammopathy: progression to a plasma cell malignancy against death without it. In months, many of them tied.
gammopathy <- with(read.csv("mgus2.csv"), data.frame(
  id = id, age = age, sex = sex, hgb = hgb, mspike = mspike,
  time = ifelse(pstat == 0, futime, ptime), cause = ifelse(pstat == 0, 2 * death, 1)))
gammopathy$cause <- factor(gammopathy$cause, 0:2)
gammopathy$weight <- 0.5 + (gammopathy$id %% 7) / 4
gammopathy$decade <- pmin(pmax(gammopathy$age %/% 10, 4), 8)

# Liver transplant waiting list: transplant, death, withdrawal; some on day 0.
waiting <- survival::transplant
waiting$id <- seq_len(nrow(waiting))
waiting <- waiting[c("id", "age", "sex", "abo", "year", "futime", "event")]
write.csv(waiting, "transplant.csv", row.names = FALSE, na = "")

# ------------------------------------------------------------------------------------------------- cumulative incidence

groups <- function(fit) if (is.null(fit$strata)) rep("all", length(fit$time)) else sub(".*=", "", rep(names(fit$strata), fit$strata))

# Every `by`-th row, and the last.
curve <- function(formula, data, by = 1, conf_type = "log-log", ...) {
  fit <- do.call(survfit, list(formula, data = data, conf.type = conf_type, ...))
  kept <- sort(unique(c(seq(1, length(fit$time), by = by), length(fit$time))))
  # For "arcsin" survfit forgets that the limits are a table.
  of_cause <- function(table) named(fit$states[-1], function(state) {
    matrix(table, ncol = length(fit$states))[kept, match(state, fit$states)]
  })
  list(group = groups(fit)[kept], time = fit$time[kept], n.risk = rowSums(fit$n.risk)[kept],
       pstate = of_cause(fit$pstate), std.err = of_cause(fit$std.err), n.event = of_cause(fit$n.event),
       lower = of_cause(fit$lower), upper = of_cause(fit$upper))
}

at_times <- function(formula, data, times) {
  found <- summary(survfit(formula, data, conf.type = "plain"), times = times)
  of_cause <- function(table) named(found$states[-1], function(state) table[, match(state, found$states)])
  list(group = sub(".*=", "", as.character(found$strata)), time = found$time, n.risk = rowSums(found$n.risk),
       pstate = of_cause(found$pstate), std.err = of_cause(found$std.err), n.event = of_cause(found$n.event),
       lower = of_cause(found$lower), upper = of_cause(found$upper))
}

# Restricted mean time lost: survfit's area, and its error from the area under each participant's influence. Group by group
# and with the weights multiplied here: of several groups summary(rmean=) of survival 3.5-3 mixes up the widths of the steps
# (it warns of lengths), and it leaves the weights out of the error.
time_lost <- function(formula, data, group, tau, id = NULL, weights = rep(1, nrow(data))) {
  areas <- function(level) {
    own <- data[[group]] == level
    arguments <- list(formula, data = data[own, ], influence = TRUE, weights = weights[own])
    if (!is.null(id)) arguments$id <- id[own]
    fit <- do.call(survfit, arguments)
    inside <- fit$time < tau
    width <- diff(c(fit$time[inside], tau))
    influence <- fit$influence.pstate[, -1, , drop = FALSE]  # without its column at the start
    error <- function(state) sqrt(sum((weights[own] * influence[, inside, state] %*% width)^2))
    list(rmean = summary(fit, rmean = tau)$table[-1, "rmean"], std.err = sapply(seq_along(fit$states)[-1], error))
  }
  levels <- sort(unique(data[[group]]))
  found <- lapply(levels, areas)
  of_cause <- function(what) named(names(found[[1]]$rmean), function(state) {
    sapply(found, function(area) area[[what]][match(state, names(area$rmean))])
  })
  list(tau = tau, group = as.character(levels), rmean = of_cause("rmean"), std.err = of_cause("std.err"))
}

# --------------------------------------------------------------------------------------------------------- Gray's test

gray <- function(time, cause, group, strata = NULL, rho = 0) {
  arguments <- list(time, cause, group, rho = rho, cencode = levels(cause)[1])
  if (!is.null(strata)) arguments$strata <- strata
  found <- do.call(cuminc, arguments)$Tests
  named(rownames(found), function(name) as.list(found[name, ]))
}

# ----------------------------------------------------------------------------------------------------------- Fine-Gray

fine_gray <- function(time, cause, formula, data, of) {
  kept <- complete.cases(data[all.vars(formula)])
  covariates <- model.matrix(formula, data[kept, ])[, -1, drop = FALSE]
  fit <- crr(time[kept], cause[kept], covariates, failcode = of, cencode = levels(cause)[1], gtol = 1e-14, maxiter = 50)
  list(terms = I(colnames(covariates)), coef = I(unname(fit$coef)), se = I(sqrt(diag(fit$var))), var = fit$var,
       loglik = fit$loglik, loglik.null = fit$loglik.null)
}

# --------------------------------------------------------------------------------------------------- rates of events

# Events per year with Garwood's limits, and each group over the first: both from poisson.test.
rates <- function(time, happened, group) {
  events <- tapply(happened, group, sum)
  years <- tapply(time, group, sum)
  exact <- function(place) {
    found <- poisson.test(events[place], years[place])
    c(unname(found$estimate), found$conf.int)
  }
  ratio <- function(place) {
    found <- poisson.test(events[c(place, 1)], years[c(place, 1)])
    c(unname(found$estimate), found$conf.int, found$p.value)
  }
  list(group = names(events), events = as.vector(events), person_time = as.vector(years),
       rate = t(sapply(seq_along(events), exact)), ratio = t(sapply(seq_along(events)[-1], ratio)))
}

# -------------------------------------------------------------------------------------------------------------- written

with_entry <- subset(pbc, entry < time)
by_age <- transform(gammopathy, entry = age * 12, exit = age * 12 + time)  # months of age
# crr takes a censoring on day 0 to come before an event on day 0; and with the year itself it overflows.
later <- subset(waiting, futime > 0)
versions <- list(R = R.version.string, survival = as.character(packageVersion("survival")),
                 cmprsk = as.character(packageVersion("cmprsk")))

incidence <- list(
  pbc_trt = curve(Surv(time, cause) ~ trt, pbc),
  pbc_all = curve(Surv(time, cause) ~ 1, pbc, by = 7),
  pbc_weights = curve(Surv(time, cause) ~ trt, pbc, by = 7, weights = pbc$weight),
  pbc_entry = curve(Surv(entry, time, cause) ~ trt, with_entry, by = 7, id = with_entry$id),
  mgus2_sex = curve(Surv(time, cause) ~ sex, gammopathy, by = 7),
  mgus2_age = curve(Surv(entry, exit, cause) ~ sex, by_age, by = 7, id = by_age$id),
  mgus2_age_weights = curve(Surv(entry, exit, cause) ~ sex, by_age, by = 7, id = by_age$id, weights = by_age$weight),
  transplant_abo = curve(Surv(futime, event) ~ abo, waiting, by = 11)
)

limits <- named(c("log-log", "log", "plain", "logit", "arcsin"), function(conf_type) {
  curve(Surv(time, cause) ~ trt, pbc, by = 13, conf_type = conf_type)[c("lower", "upper")]
})

lost <- list(
  pbc_trt = time_lost(Surv(time, cause) ~ 1, pbc, "trt", 3650),
  pbc_trt_common = time_lost(Surv(time, cause) ~ 1, pbc, "trt", 4523),
  pbc_weights = time_lost(Surv(time, cause) ~ 1, pbc, "trt", 3650, weights = pbc$weight),
  pbc_entry = time_lost(Surv(entry, time, cause) ~ 1, with_entry, "trt", 3650, id = with_entry$id),
  mgus2_sex = time_lost(Surv(time, cause) ~ 1, gammopathy, "sex", 240),
  mgus2_age_weights = time_lost(Surv(entry, exit, cause) ~ 1, by_age, "sex", 1080, id = by_age$id, weights = by_age$weight),
  transplant_abo = time_lost(Surv(futime, event) ~ 1, waiting, "abo", 590)
)

tests <- function(rho) list(
  pbc_trt = gray(pbc$time, pbc$cause, pbc$trt, rho = rho),
  pbc_stage = gray(pbc$time, pbc$cause, pbc$stage, rho = rho),
  pbc_trt_strata_edema = gray(pbc$time, pbc$cause, pbc$trt, pbc$edema, rho = rho),
  pbc_trt_strata_stage = gray(pbc$time, pbc$cause, pbc$trt, pbc$stage, rho = rho),
  mgus2_sex = gray(gammopathy$time, gammopathy$cause, gammopathy$sex, rho = rho),
  mgus2_decade = gray(gammopathy$time, gammopathy$cause, gammopathy$decade, rho = rho),
  mgus2_sex_strata_decade = gray(gammopathy$time, gammopathy$cause, gammopathy$sex, gammopathy$decade, rho = rho),
  transplant_abo = gray(waiting$futime, waiting$event, waiting$abo, rho = rho),
  transplant_abo_strata_sex = gray(waiting$futime, waiting$event, waiting$abo, waiting$sex, rho = rho)
)

models <- list(
  pbc_trt_1 = fine_gray(pbc$time, pbc$cause, ~ trt, pbc, "1"),
  pbc_trt_2 = fine_gray(pbc$time, pbc$cause, ~ trt, pbc, "2"),
  pbc_several_2 = fine_gray(pbc$time, pbc$cause, ~ factor(trt) + age + edema + log(bili), pbc, "2"),
  mgus2_1 = fine_gray(gammopathy$time, gammopathy$cause, ~ age + sex + hgb + mspike, gammopathy, "1"),
  mgus2_2 = fine_gray(gammopathy$time, gammopathy$cause, ~ age + sex + hgb + mspike, gammopathy, "2"),
  transplant_ltx = fine_gray(later$futime, later$event, ~ age + sex + abo + I(year - 1990), later, "ltx"),
  transplant_death = fine_gray(later$futime, later$event, ~ age + sex + abo + I(year - 1990), later, "death")
)

exact <- list(
  mgus2_sex_1 = rates(gammopathy$time / 12, gammopathy$cause == "1", gammopathy$sex),
  transplant_abo_withdraw = rates(waiting$futime / 365.25, waiting$event == "withdraw", waiting$abo)
)

jsonlite::write_json(list(
  ver = versions,
  incidence = incidence,
  limits = limits,
  at = at_times(Surv(time, cause) ~ trt, pbc, seq(0, 4380, by = 365)),
  time_lost = lost,
  gray = list("0" = tests(0), "0.5" = tests(0.5), "1" = tests(1)),
  fine_gray = models,
  rates = exact
), "competing_risks.json", auto_unbox = TRUE, digits = NA, na = "null")
