# Makes cox/*.csv, cox/cox.json and cox/subgroups.json again, from pbc.csv and from the data that R's survival package brings:
#
#     apt-get install r-cran-survival r-cran-jsonlite
#     Rscript make_cox.R                  (in this folder)
#
# The numbers kept here came from R 4.2.2 and survival 3.5-3 (Debian 12). Columns for which nothing was published
# (entry, weights) are worked out here, so that anyone can repeat them. Fits are iterated to 1e-13: coxph's own 1e-9
# leaves differences of 1e-10.

library(survival)

# What each case names: the data, columns of `Surv` and of the model (categories are labels in the data), strata,
# cluster, weights, ties; `more` asks for residuals and the baseline hazard, `zph` for the tests of proportional hazards.
case <- function(data, time, event, covariates, entry = NULL, strata = NULL, cluster = NULL, weights = NULL,
                 ties = "efron", zph = TRUE, more = FALSE) {
  list(data = data, time = time, event = event, covariates = covariates, entry = entry, strata = strata,
       cluster = cluster, weights = weights, ties = ties, zph = zph, more = more)
}

own <- lung[complete.cases(lung[c("inst", "time", "status", "age", "sex", "ph.ecog", "wt.loss")]), ]
lung_data <- with(own, data.frame(
  inst = inst, time = time, dead = status - 1, age = age, sex = sex, ecog = paste0("ecog", ph.ecog), wt_loss = wt.loss,
  entry = pmin((seq_along(time) * 7) %% 60, time - 1), fraction = 0.5 + (seq_along(time) %% 5) / 4, whole = 1 + seq_along(time) %% 3,
  month = ceiling(time / 30)
))

own <- subset(colon, etype == 2 & !is.na(nodes))
colon_data <- with(own, data.frame(
  id = id, month = ceiling(time / 30.44), time = time, dead = status, rx = as.character(rx), sex = sex, age = age, nodes = nodes,
  differ = ifelse(is.na(differ), 2, differ), fraction = round(0.3 + (id %% 11) / 7, 3),
  many_nodes = ifelse(nodes > 4, "over 4", "4 or fewer")
))

own <- subset(mgus2, !is.na(hgb) & futime > 0 & id <= 700)
mgus_data <- with(own, data.frame(
  id = id, months = futime, dead = death, age = age, sex = sex, hgb = hgb, age_in = age * 12, age_out = age * 12 + futime,
  era = ifelse(dxyr < 1980, "early", "late")
))

kidney_data <- with(kidney, data.frame(id = id, time = time, status = status, age = age, sex = sex, disease = as.character(disease)))
veteran_data <- with(veteran, data.frame(trt = trt, cell = as.character(celltype), time = time, status = status,
                                         karno = karno, age = age, prior = prior))
heart_data <- with(jasa1, data.frame(id = id, start = start, stop = stop, event = event, transplant = transplant,
                                     age = round(age, 3), surgery = surgery, year = round(year, 3)))
heart_data <- subset(heart_data, start < stop)
heart_data$fraction <- 0.5 + (heart_data$id %% 5) / 4
heart_data$whole <- 1 + heart_data$id %% 3
bladder_data <- with(subset(bladder2, start < stop), data.frame(
  id = id, start = start, stop = stop, event = event, arm = ifelse(rx == 1, "placebo", "thiotepa"), number = number,
  size = size, enum = enum, gap = stop - start
))


patients <- read.csv("pbc.csv")
pbc_data <- with(subset(patients, !is.na(trt)), data.frame(
  id = id, trt = trt, time = time, tfs = as.integer(status > 0), transplant = as.integer(status == 1),
  death = as.integer(status == 2), age = age, edema = edema, log_bili = log(bili), log_protime = log(protime),
  log_albumin = log(albumin), stage = paste0("s", stage), oedema = ifelse(edema > 0, "yes", "no"),
  old = ifelse(age >= 65, "65 and over", "under 65")
))
cgd_data <- with(cgd, data.frame(
  id = id, start = tstart, stop = tstop, event = status, treat = as.character(treat), inherit = as.character(inherit),
  age = age, steroids = steroids, enum = enum, gap = tstop - tstart
))

data <- list(pbc = pbc_data, cgd = cgd_data, lung = lung_data, colon = colon_data, mgus = mgus_data, kidney = kidney_data, veteran = veteran_data,
             heart = heart_data, bladder = bladder_data)

MAYO <- c("age", "edema", "log_bili", "log_protime", "log_albumin")

cases <- list(
  pbc_trt = case("pbc", "time", "tfs", "trt"),
  pbc_trt_strata = case("pbc", "time", "tfs", "trt", strata = "edema", ties = "breslow"),
  pbc_stage = case("pbc", "time", "tfs", c("trt", "age", "stage")),
  pbc_mayo = case("pbc", "time", "death", MAYO),
  pbc_mayo_breslow = case("pbc", "time", "death", MAYO, ties = "breslow"),
  pbc_cause_transplant = case("pbc", "time", "transplant", "trt"),
  pbc_cause_death = case("pbc", "time", "death", "trt"),
  cgd_andersen_gill = case("cgd", "stop", "event", "treat", entry = "start", cluster = "id"),
  cgd_andersen_gill_adjusted = case("cgd", "stop", "event", c("treat", "inherit", "age", "steroids"), entry = "start", cluster = "id"),
  cgd_total_time = case("cgd", "stop", "event", "treat", entry = "start", cluster = "id", strata = "enum"),
  cgd_gap_time = case("cgd", "gap", "event", "treat", cluster = "id", strata = "enum"),
  lung = case("lung", "time", "dead", c("age", "sex", "ecog", "wt_loss")),
  lung_breslow_months = case("lung", "month", "dead", c("age", "sex", "wt_loss"), ties = "breslow"),
  lung_months = case("lung", "month", "dead", c("age", "sex", "ecog"), more = TRUE),
  lung_strata = case("lung", "time", "dead", c("age", "sex"), strata = "inst"),
  lung_entry = case("lung", "time", "dead", c("age", "sex", "ecog"), entry = "entry"),
  lung_fraction = case("lung", "month", "dead", c("age", "sex"), weights = "fraction", more = TRUE),
  lung_fraction_breslow = case("lung", "month", "dead", c("age", "sex"), weights = "fraction", ties = "breslow"),
  lung_whole = case("lung", "month", "dead", c("age", "sex"), weights = "whole"),
  lung_cluster = case("lung", "month", "dead", c("age", "sex", "ecog"), cluster = "inst"),
  lung_entry_cluster_breslow = case("lung", "time", "dead", c("age", "sex"), entry = "entry", cluster = "inst", ties = "breslow"),
  lung_everything = case("lung", "time", "dead", c("age", "wt_loss"), entry = "entry", cluster = "inst", weights = "fraction",
                         strata = "sex", more = TRUE),
  colon = case("colon", "time", "dead", c("rx", "sex", "age", "nodes")),
  colon_months = case("colon", "month", "dead", c("rx", "sex", "nodes"), strata = "differ"),
  colon_months_breslow = case("colon", "month", "dead", c("rx", "nodes"), ties = "breslow"),
  colon_months_weights = case("colon", "month", "dead", c("rx", "sex", "nodes"), strata = "differ", weights = "fraction"),
  mgus = case("mgus", "months", "dead", c("age", "sex", "hgb")),
  mgus_age = case("mgus", "age_out", "dead", c("sex", "hgb"), entry = "age_in"),
  mgus_age_strata = case("mgus", "age_out", "dead", c("hgb", "sex"), entry = "age_in", strata = "era", ties = "breslow"),
  kidney_cluster = case("kidney", "time", "status", c("age", "sex", "disease"), cluster = "id", more = TRUE),
  veteran = case("veteran", "time", "status", c("trt", "cell", "karno", "age"), strata = "prior"),
  veteran_breslow = case("veteran", "time", "status", c("trt", "cell", "karno"), ties = "breslow"),
  heart = case("heart", "stop", "event", c("age", "transplant", "surgery", "year"), entry = "start"),
  heart_cluster = case("heart", "stop", "event", c("age", "transplant", "surgery"), entry = "start", cluster = "id"),
  heart_everything = case("heart", "stop", "event", c("age", "year"), entry = "start", cluster = "id", weights = "fraction",
                          strata = "surgery", more = TRUE),
  heart_whole_breslow = case("heart", "stop", "event", c("age", "transplant"), entry = "start", cluster = "id",
                             weights = "whole", ties = "breslow", more = TRUE),
  bladder_andersen_gill = case("bladder", "stop", "event", c("arm", "number", "size"), entry = "start", cluster = "id"),
  bladder_total_time = case("bladder", "stop", "event", c("arm", "number", "size"), entry = "start", cluster = "id", strata = "enum"),
  bladder_gap_time = case("bladder", "gap", "event", c("arm", "number", "size"), cluster = "id", strata = "enum")
)

# Labels as a dictionary sorts them, whatever the locale: the first is what the others are compared with.
in_order <- function(frame) {
  labels <- sapply(frame, is.character)
  frame[labels] <- lapply(frame[labels], function(x) factor(x, unique(x)[order(tolower(unique(x)))]))
  frame
}

fit_of <- function(case) {
  frame <- in_order(data[[case$data]])
  terms <- c(case$covariates, if (!is.null(case$strata)) sprintf("strata(%s)", case$strata))
  times <- c(case$entry, case$time, case$event)
  formula <- as.formula(sprintf("Surv(%s) ~ %s", paste(times, collapse = ", "), paste(terms, collapse = " + ")))
  arguments <- list(formula, data = frame, ties = case$ties, x = TRUE,
                    control = coxph.control(eps = 1e-13, iter.max = 60, toler.chol = 1e-14, toler.inf = 1e-3))
  if (!is.null(case$weights)) arguments$weights <- frame[[case$weights]]
  if (!is.null(case$cluster)) arguments$cluster <- frame[[case$cluster]]
  do.call(coxph, arguments)
}

zph_of <- function(fit, terms) {
  named <- function(transform) {
    table <- cox.zph(fit, transform, terms = terms)$table
    list(term = rownames(table), statistic = unname(table[, 1]), df = unname(table[, 2]), p_value = unname(table[, 3]))
  }
  transforms <- c("km", "rank", "identity", "log")
  setNames(lapply(transforms, named), transforms)
}

reference <- function(case) {
  fit <- fit_of(case)
  robust <- !is.null(fit$naive.var)
  interval <- summary(fit)$conf.int
  coefficients <- summary(fit)$coefficients
  found <- list(
    case = case[!sapply(case, is.null)],
    term = I(names(coef(fit))), coef = I(unname(coef(fit))),
    std_error = I(sqrt(diag(as.matrix(if (robust) fit$naive.var else fit$var)))),
    robust_std_error = if (robust) I(sqrt(diag(as.matrix(fit$var)))) else NULL,
    hazard_ratio = I(unname(interval[, 1])), lower = I(unname(interval[, 3])), upper = I(unname(interval[, 4])),
    z = I(unname(coefficients[, "z"])), p_value = I(unname(coefficients[, "Pr(>|z|)"])),
    covariance = fit$var, log_likelihood = fit$loglik[2], null_log_likelihood = fit$loglik[1],
    likelihood_ratio = 2 * diff(fit$loglik), wald = as.numeric(fit$wald.test), score = as.numeric(fit$score),
    robust_score = if (robust) as.numeric(fit$rscore) else NULL, n = fit$n, events = fit$nevent
  )
  if (case$zph) found <- c(found, list(zph = zph_of(fit, TRUE), zph_by_column = zph_of(fit, FALSE)))
  if (case$more) {
    # basehaz for all covariates 0, at the times of events; strata as R names them, in its order.
    hazard <- basehaz(fit, centered = FALSE)
    if (is.null(hazard$strata)) hazard$strata <- "all"
    keep <- unlist(tapply(hazard$hazard, factor(hazard$strata, unique(hazard$strata)), function(h) c(h[1], diff(h)) > 0))
    schoenfeld <- as.matrix(residuals(fit, "schoenfeld"))
    found <- c(found, list(
      martingale = unname(residuals(fit, "martingale")), schoenfeld = unname(schoenfeld),
      scaled_schoenfeld = unname(as.matrix(residuals(fit, "scaledsch"))),
      hazard_time = hazard$time[keep], hazard = hazard$hazard[keep]
    ))
  }
  Filter(Negate(is.null), found)
}

dir.create("cox", showWarnings = FALSE)
for (name in names(data)) write.csv(data[[name]], sprintf("cox/%s.csv", name), row.names = FALSE, quote = FALSE)
jsonlite::write_json(c(list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival")))),
                       list(cases = lapply(cases, reference))),
                     "cox/cox.json", auto_unbox = TRUE, digits = NA, na = "null")

# Subgroups: hazard ratios from coxph in each level alone, the interaction from anova of arm + subgroup and arm * subgroup.
# Levels in which an arm has no event are left out of the test; `strata` are those of both models.
SUBGROUPS <- list(
  pbc = list(data = "pbc", time = "time", event = "tfs", arm = "trt", subgroups = c("stage", "oedema", "old"), strata = NULL),
  pbc_strata = list(data = "pbc", time = "time", event = "death", arm = "trt", subgroups = c("stage", "old"), strata = "edema"),
  pbc_own_strata = list(data = "pbc", time = "time", event = "death", arm = "trt", subgroups = "oedema", strata = "edema"),
  colon = list(data = "colon", time = "month", event = "dead", arm = "rx", subgroups = c("sex", "differ", "many_nodes"), strata = NULL)
)

subgroup <- function(spec, name) {
  frame <- data[[spec$data]]
  frame$arm <- factor(frame[[spec$arm]])
  frame$level <- factor(frame[[name]])
  strata <- if (is.null(spec$strata)) "" else sprintf(" + strata(%s)", spec$strata)
  model <- function(terms, rows) {
    coxph(as.formula(sprintf("Surv(%s, %s) ~ %s%s", spec$time, spec$event, terms, strata)), rows,
          control = coxph.control(eps = 1e-13, iter.max = 60, toler.chol = 1e-14))
  }
  events <- table(frame$level, frame$arm, frame[[spec$event]])[, , "1"]
  able <- rownames(events)[apply(events > 0, 1, all)]
  within <- lapply(able, function(level) {
    limits <- summary(model("arm", frame[frame$level == level, ]))$conf.int
    list(level = level, hazard_ratio = I(unname(limits[, 1])), lower = I(unname(limits[, 3])), upper = I(unname(limits[, 4])))
  })
  rows <- droplevels(frame[frame$level %in% able, ])
  full <- model("arm * level", rows)
  without <- model("arm + level", rows)
  statistic <- 2 * (full$loglik[2] - without$loglik[2])
  df <- sum(!is.na(coef(full))) - sum(!is.na(coef(without)))
  list(levels = within, statistic = statistic, df = df, p_value = pchisq(statistic, df, lower.tail = FALSE))
}

jsonlite::write_json(lapply(SUBGROUPS, function(spec) {
  c(Filter(Negate(is.null), spec), list(effects = setNames(lapply(spec$subgroups, function(name) subgroup(spec, name)), spec$subgroups)))
}), "cox/subgroups.json", auto_unbox = TRUE, digits = NA)
