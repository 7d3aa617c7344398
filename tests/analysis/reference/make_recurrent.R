# Makes recurrent.json, bladder1.csv and quine.csv again, from cgd.csv and the data of R's packages survival and MASS:
#
#     apt-get install r-cran-survival r-cran-mass r-cran-jsonlite
#     Rscript make_recurrent.R            (in this folder)
#
# The numbers kept here came from R 4.2.2, survival 3.5-3 and MASS 7.3-58.2 (Debian 12).

library(survival)

cgd <- read.csv("cgd.csv")
cgd$trt <- as.integer(cgd$treat == "rIFN-g")

# Recurrences of bladder cancer; status 1 is a recurrence, 2 and 3 are deaths. Two participants without any time are left out.
bladder <- subset(bladder1, stop > start, select = c(id, treatment, number, size, start, stop, status))
bladder$recurrence <- as.integer(bladder$status == 1)
bladder$death <- as.integer(bladder$status >= 2)
write.csv(bladder, "bladder1.csv", row.names = FALSE, quote = FALSE)

# Late entry, for which no data were published: worked out from the id, so that anyone can repeat it. Rows before it fall away.
late <- function(data) {
  entry <- (data$id * 7) %% 12
  data$start <- pmax(data$start, entry)
  subset(data, start < stop)
}

# survfit's cumulative hazard of counting-process rows is Nelson's sum d/n; clustered by participant, its error is the root
# of Lawless and Nadeau's sum over participants.
mean_count <- function(formula, data) {
  fit <- survfit(formula, data, id = id, cluster = id)
  list(strata = if (is.null(fit$strata)) rep("all", length(fit$time)) else rep(names(fit$strata), fit$strata),
       time = fit$time, n.risk = fit$n.risk, n.event = fit$n.event, cumhaz = fit$cumhaz, std.chaz = fit$std.chaz)
}

# Ghosh and Lin (2000), participant by participant and time by time, straight from the definition of Psi_i:
#   Psi_i(t) = int S(u-)/Y dM_i(u) - int (mu(t) - mu(u)) / (Y (1 - h)) dM^D_i(u),    variance sum Psi_i^2.
# With tied = FALSE the factor 1 - h, which is 1 in the paper's continuous time, is left out, and the result is that of
# recurrentMarginal of the package mets 1.3.2 (r-cran-mets) to 2e-16 on these data with untied times.
ghosh_lin <- function(data, tied = TRUE) {
  time <- sort(unique(data$stop))
  n <- sapply(time, function(t) sum(data$start < t & t <= data$stop))
  d <- sapply(time, function(t) sum(data$recurrence[data$stop == t]))
  dead <- sapply(time, function(t) sum(data$death[data$stop == t]))
  h <- dead / n
  before <- c(1, cumprod(1 - h))[seq_along(time)]
  mu <- cumsum(before * d / n)
  variance <- numeric(length(time))
  for (id in unique(data$id)) {
    own <- data[data$id == id, ]
    y <- sapply(time, function(t) sum(own$start < t & t <= own$stop))
    dm <- sapply(time, function(t) sum(own$recurrence[own$stop == t])) - y * d / n
    dmd <- sapply(time, function(t) sum(own$death[own$stop == t])) - y * h
    weight <- if (tied) ifelse(h < 1, 1 / (n * (1 - h)), 0) else 1 / n
    psi <- sapply(seq_along(time), function(k) {
      u <- seq_len(k)
      sum((before / n * dm)[u]) - sum(((mu[k] - mu) * weight * dmd)[u])
    })
    variance <- variance + psi^2
  }
  list(time = time, n.risk = n, n.event = d, mu = mu, se = sqrt(variance))
}

# glm stops when the deviance, which is flat at its minimum, moves by 1e-8: too early for the errors' last digits.
TIGHT <- glm.control(epsilon = 1e-15, maxit = 200)

coefficients_of <- function(fit) {
  found <- summary(fit)$coefficients[-1, , drop = FALSE]
  list(term = rownames(found), coef = found[, 1], se = found[, 2], p = found[, 4])
}

# glm.nb alternates between coefficients and theta and stops early where theta is small (data `few`: theta 9e-7 off): the
# alternation is continued here until nothing moves.
negative_binomial <- function(formula, data) {
  fit <- suppressWarnings(MASS::glm.nb(formula, data, control = TIGHT))
  theta <- fit$theta
  for (round in 1:100) {
    family <- MASS::negative.binomial(theta)
    fit <- suppressWarnings(glm(formula, family, data, start = coef(fit), control = glm.control(epsilon = 1e-300, maxit = 50)))
    theta <- as.numeric(suppressWarnings(MASS::theta.ml(fit$y, fitted(fit), limit = 100, eps = 1e-15)))
  }
  found <- summary(fit, dispersion = 1)$coefficients[-1, , drop = FALSE]
  list(term = rownames(found), coef = found[, 1], se = found[, 2], p = found[, 4], theta = theta,
       log_likelihood = sum(dnbinom(fit$y, size = theta, mu = fitted(fit), log = TRUE)))
}

rate_models <- function(formula, data) {
  poisson_fit <- glm(formula, poisson, data, control = TIGHT)
  quasi <- glm(formula, quasipoisson, data, control = TIGHT)
  list(negative_binomial = negative_binomial(formula, data),
       poisson = c(coefficients_of(poisson_fit), list(log_likelihood = as.numeric(logLik(poisson_fit)))),
       quasi_poisson = c(coefficients_of(quasi), list(phi = summary(quasi)$dispersion)))
}

# The second group against the first.
exact <- function(events, time) {
  found <- poisson.test(rev(events), rev(time))
  list(events = events, time = time, ratio = unname(found$estimate), lower = found$conf.int[1], upper = found$conf.int[2],
       p = found$p.value)
}

# One row a participant: events and days.
followed <- function(id, event, from, to, more) {
  found <- data.frame(count = as.vector(tapply(event, id, sum)), days = as.vector(tapply(to - from, id, sum)))
  cbind(found, more[!duplicated(id), , drop = FALSE])
}
cgd_followed <- followed(cgd$id, cgd$status, cgd$tstart, cgd$tstop, cgd[c("trt", "inherit", "age", "steroids")])
cgd_followed$trt <- factor(cgd_followed$trt)
bladder_followed <- followed(bladder$id, bladder$recurrence, bladder$start, bladder$stop, bladder[c("treatment", "number")])

# Days absent from school; the exposure is worked out from the row.
quine <- MASS::quine
quine$exposure <- 100 + (seq_len(nrow(quine)) * 17) %% 90
write.csv(quine, "quine.csv", row.names = FALSE, quote = FALSE)

# Most have none and a few have very many, as with readmissions: where optimisers are lost.
few <- data.frame(row = 1:120)
few$arm <- ifelse(few$row %% 2 == 0, "b", "a")
few$count <- ifelse(few$row %% 11 == 0, (few$row %% 37) * 3, ifelse(few$row %% 3 == 0, few$row %% 4, 0))
few$days <- 20 + (few$row * 53) %% 700

by_treatment <- function(data, f) lapply(split(data, data$treatment), f)

jsonlite::write_json(list(
  ver = list(R = R.version.string, survival = as.character(packageVersion("survival")), MASS = as.character(packageVersion("MASS"))),
  mean_count = list(
    cgd_all = mean_count(Surv(tstart, tstop, status) ~ 1, cgd),
    cgd_trt = mean_count(Surv(tstart, tstop, status) ~ trt, cgd),
    bladder = mean_count(Surv(start, stop, recurrence) ~ treatment, bladder),
    bladder_late = mean_count(Surv(start, stop, recurrence) ~ treatment, late(bladder))
  ),
  ghosh_lin = list(
    bladder = by_treatment(bladder, ghosh_lin),
    bladder_late = by_treatment(late(bladder), ghosh_lin)
  ),
  rates = list(
    cgd = rate_models(count ~ trt + offset(log(days)), cgd_followed),
    cgd_covariates = rate_models(count ~ trt + inherit + age + steroids + offset(log(days)), cgd_followed),
    bladder = rate_models(count ~ treatment + number + offset(log(days)), bladder_followed),
    quine = rate_models(Days ~ Eth + Sex + Age + Lrn + offset(log(exposure)), quine),
    few = rate_models(count ~ arm + offset(log(days)), few)
  ),
  exact = list(
    cgd = exact(tapply(cgd_followed$count, cgd_followed$trt, sum), tapply(cgd_followed$days, cgd_followed$trt, sum)),
    none_in_the_second = exact(c(5, 0), c(10, 12)),
    none_in_the_first = exact(c(0, 3), c(10, 12)),
    many = exact(c(1210, 1302), c(9000, 9100))
  )
), "recurrent.json", auto_unbox = TRUE, digits = NA, na = "null")
