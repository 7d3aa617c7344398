# Makes hospital.json, people.csv and stays.csv again: hospital stays worked out from the number of a participant, so that anyone
# can repeat them, counted day by day and stay by stay.
#
#     apt-get install r-cran-survival r-cran-jsonlite
#     Rscript make_hospital.R             (in this folder)
#
# The numbers kept here came from R 4.2.2 and survival 3.5-3 (Debian 12).

library(survival)

HORIZON <- 180
people <- data.frame(participant = 1:90)
people$follow_up <- 60 + (people$participant * 37) %% 340
people$death <- as.integer(people$participant %% 3 == 0)
people$arm <- ifelse(people$participant %% 2 == 0, "new", "old")

stays <- do.call(rbind, lapply(people$participant, function(i) {
  n <- i %% 5
  if (n == 0) return(NULL)
  k <- seq_len(n)
  until <- people$follow_up[i]
  admitted <- (i * 29 + k * k * 17 + k * 53) %% (until + 5) - 5     # some begin before day 0
  discharged <- admitted + (i * 7 + k * 3) %% 12                    # some on the day of admission
  if (people$death[i] == 1) discharged <- pmin(discharged, until)
  discharged[(i + k) %% 19 == 0] <- NA
  data.frame(participant = i, admitted = admitted, discharged = discharged)
}))
write.csv(people, "people.csv", row.names = FALSE, quote = FALSE)
write.csv(stays, "stays.csv", row.names = FALSE, quote = FALSE, na = "")

# Stays at most a day apart are one spell; a stay without an end lasted its first day as far as is known.
merged <- do.call(rbind, lapply(split(stays, stays$participant), function(own) {
  own <- own[order(own$admitted), ]
  found <- NULL
  for (j in seq_len(nrow(own))) {
    until <- if (is.na(own$discharged[j])) own$admitted[j] else own$discharged[j]
    last <- NROW(found)
    if (last > 0 && own$admitted[j] - found$until[last] <= 1) {
      found$until[last] <- max(found$until[last], until)
      found$open[last] <- found$open[last] || is.na(own$discharged[j])
    } else {
      found <- rbind(found, data.frame(participant = own$participant[j], admitted = own$admitted[j], until = until, open = is.na(own$discharged[j])))
    }
  }
  found
}))
merged$discharged <- ifelse(merged$open, NA, merged$until)

# Night by night: how many of the first HORIZON nights the participant was alive and not in hospital.
outside <- function(i, counted) {
  own <- merged[merged$participant == i, ]
  alive <- min(people$follow_up[i], HORIZON)
  if (people$death[i] == 0 && people$follow_up[i] < HORIZON) return(NA)
  if (any(is.na(own$discharged) & own$admitted < alive)) return(NaN)
  sum(sapply(seq_len(alive) - 1, function(day) {
    !any(own$admitted <= day & (if (counted == "nights") day < own$discharged else day <= own$discharged), na.rm = TRUE)
  }))
}
days <- sapply(people$participant, outside, "nights")
calendar_days <- sapply(people$participant, outside, "days")

# The mean of those who are complete, each over the chance not to have been censored before, with weights of participants so
# that its derivative by each of them, taken numerically, gives the infinitesimal jackknife.
weighted_mean <- function(data, w) {
  until <- pmin(data$follow_up, HORIZON)
  complete <- !is.na(data$days)
  chance <- sapply(seq_along(until), function(i) {
    at <- sort(unique(until[!complete & until < until[i]]))
    prod(1 - vapply(at, function(t) {
      gone <- sum(w[!complete & until == t])
      gone / sum(w[until > t | (until == t & !complete)])
    }, 0))
  })
  sum((w * data$days / chance)[complete]) / sum(w)
}
mean_of <- function(arm) {
  data <- data.frame(people, days = days)[people$arm == arm & !is.nan(days), ]
  n <- nrow(data)
  step <- 1e-3
  influence <- sapply(seq_len(n), function(i) {
    move <- function(by) { w <- rep(1, n); w[i] <- 1 + by; weighted_mean(data, w) }
    (8 * (move(step) - move(-step)) - (move(2 * step) - move(-2 * step))) / (12 * step)
  })
  list(n = n, complete = sum(!is.na(data$days)), mean = weighted_mean(data, rep(1, n)), se = sqrt(n / (n - 1) * sum(influence^2)))
}

# Every known discharge from day 0 on of someone alive and followed, and what came next.
discharges <- do.call(rbind, lapply(seq_len(nrow(merged)), function(j) {
  own <- merged[j, ]
  i <- own$participant
  end <- people$follow_up[i]
  if (is.na(own$discharged) || own$discharged < 0 || own$discharged > end || (people$death[i] == 1 && own$discharged == end)) return(NULL)
  later <- merged$admitted[merged$participant == i & merged$admitted > own$admitted]
  outcome <- if (length(later)) 1 else if (people$death[i] == 1) 2 else 0
  data.frame(participant = i, arm = people$arm[i], discharged = own$discharged, outcome = outcome,
             time = (if (length(later)) min(later) else end) - own$discharged)
}))
first <- do.call(rbind, lapply(split(merged, merged$participant), function(own) {
  known <- is.na(own$discharged) | own$discharged >= 0
  if (!any(known)) return(NULL)
  j <- which(known)[1]
  discharges[discharges$participant == own$participant[j] & discharges$discharged %in% own$discharged[j], ]
}))

# survfit 3.5-3 leaves `cluster` aside where there are several states: the jackknife's influences of a participant's discharges
# are added here.
readmission <- function(data, arm) {
  own <- data[data$arm == arm, ]
  own$row <- seq_len(nrow(own))
  seen <<- subset(own, time > 0)                                     # `residuals` looks for it outside
  fit <- survfit(Surv(time, factor(outcome, 0:2)) ~ 1, seen, id = row)
  at <- summary(fit, times = c(30, 90))
  influence <- residuals(fit, times = c(30, 90), type = "pstate")[, , 2]
  left <- people$follow_up[own$participant] - own$discharged
  complete <- sapply(c(30, 90), function(within) sum(left >= within | people$death[own$participant] == 1))
  readmitted <- sapply(c(30, 90), function(within) {
    sum((left >= within | people$death[own$participant] == 1) & own$outcome == 1 & own$time <= within)
  })
  list(discharges = nrow(own), complete = complete, readmitted = readmitted, incidence = at$pstate[, 2],
       se = unname(sqrt(colSums(rowsum(influence, seen$participant)^2))))
}

of_arms <- function(f, ...) lapply(c(new = "new", old = "old"), f, ...)
jsonlite::write_json(list(
  ver = list(R = R.version.string, survival = as.character(packageVersion("survival"))),
  spells = list(participant = merged$participant, admitted = merged$admitted, discharged = merged$discharged),
  days = ifelse(is.na(days), NA, days), calendar_days = ifelse(is.na(calendar_days), NA, calendar_days),
  status = ifelse(is.nan(days), "discharge not known", ifelse(is.na(days), "censored", "complete")),
  means = of_arms(mean_of),
  first = of_arms(function(arm) readmission(first, arm)),
  every = of_arms(function(arm) readmission(discharges, arm)),
  # Student's own data, in tenths of an hour above 20 (they fall below 0), for Welch's t-test.
  sleep = list(days = sleep$extra * 10 + 20, group = as.integer(sleep$group),
               test = with(t.test(-extra * 10 ~ group, sleep), list(lower = conf.int[1], upper = conf.int[2], p = p.value, df = unname(parameter))))
), "hospital.json", auto_unbox = TRUE, digits = NA, na = "null")
