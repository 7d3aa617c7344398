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
  )
), "recurrent.json", auto_unbox = TRUE, digits = NA, na = "null")
