# Makes quality_of_life.json again from pbc.csv and pbcseq_visits.csv:
#
#     apt-get install r-base-core r-cran-jsonlite
#     Rscript make_quality_of_life.R            (in this folder)
#
# The numbers kept here came from R 4.2.2 (Debian 12). Areas and times to deterioration are worked out participant by participant
# in loops; the tests and intervals are those of R's stats package.

visits <- read.csv("pbcseq_visits.csv")
pbc <- read.csv("pbc.csv")
visits <- visits[order(visits$id, visits$day), ]
ended <- pbc[match(visits$id, pbc$id), ]
visits$terminal <- ifelse(ended$status > 0, ended$time, NA)
visits$died <- ifelse(ended$status == 2, ended$time, NA)
people <- split(visits, visits$id)
arm <- sapply(people, function(rows) rows$trt[1])

# Albumin (the higher the better), from its value on day 0, down to the horizon.
HORIZON <- 1096
course <- function(rows) data.frame(day = c(0, rows$day), score = c(rows$albumin0[1], rows$albumin))
area_to <- function(at, horizon) {
  at <- rbind(at, if (any(at$day > horizon) && !any(at$day == horizon))
    data.frame(day = horizon, score = approx(at$day, at$score, horizon)$y))
  at <- at[order(at$day), ]
  at <- at[at$day <= horizon, ]
  sum(diff(at$day) * (head(at$score, -1) + tail(at$score, -1)) / 2)
}
area <- function(rows) {
  at <- course(rows)
  if (max(at$day) < HORIZON) NA else area_to(at, HORIZON)
}
area_with_death <- function(rows) {
  at <- course(rows)
  died <- rows$died[1]
  if (is.na(died) || died >= HORIZON) return(area(rows))
  area_to(at, max(at$day)) + (died - max(at$day)) * tail(at$score, 1)
}
average <- function(rows) {
  at <- course(rows)
  end <- min(max(at$day), HORIZON)
  if (end == 0) at$score[1] else area_to(at, end) / end
}

deterioration <- function(rows, margin, confirmations, terminal, within) {
  end <- rows$terminal[1]
  rows <- rows[is.na(end) | rows$day <= end, ]
  bad <- rows$albumin0 - rows$albumin >= margin - 1e-9
  last <- if (nrow(rows)) max(rows$day) else 0
  n <- nrow(rows)
  for (i in seq_len(n)) {
    enough <- if (is.null(confirmations)) i < n && all(bad[i:n]) else i + confirmations <= n && all(bad[i:(i + confirmations)])
    if (enough) return(c(rows$day[i], 1))
  }
  if (!is.na(end) && terminal != "censored" && end - last <= within) c(end, 2) else c(last, 0)
}
settings <- list(list(0.3, 1, "event", Inf), list(0.3, 0, "competing", 400), list(0.2, 2, "censored", Inf), list(0.3, NULL, "event", 700))
deteriorations <- lapply(settings, function(s) {
  found <- sapply(people, deterioration, s[[1]], s[[2]], s[[3]], s[[4]])
  list(time = unname(found[1, ]), cause = unname(found[2, ]))
})

welch <- function(value, arm) {
  found <- t.test(value[arm == 1], value[arm == 0])
  list(difference = unname(diff(rev(found$estimate))), std_error = found$stderr, df = unname(found$parameter),
       lower = found$conf.int[1], upper = found$conf.int[2], p_value = found$p.value)
}

# Responders at visit 3: log bilirubin lower by 0.2 or more than at the start; who was not seen then is none.
third <- lapply(people, function(rows) rows[rows$visit == 3, ])
gain <- sapply(third, function(rows) if (nrow(rows)) rows$lbili0 - rows$lbili else NA)
improved <- !is.na(gain) & gain >= 0.2 - 1e-9
counts <- c(sum(improved[arm == 1]), sum(improved[arm == 0]))
n <- c(sum(arm == 1), sum(arm == 0))
limits <- lapply(1:2, function(i) prop.test(counts[i], n[i], correct = FALSE)$conf.int[1:2])
both <- prop.test(counts, n, correct = FALSE)
logistic <- summary(glm(improved ~ arm, family = binomial))$coefficients["arm", 1:2]   # Woolf's interval is the logistic model's

# Worst ranks at three years: deaths by day, below albumin at the last visit until then.
died <- sapply(people, function(rows) rows$died[1])
dead <- !is.na(died) & died <= HORIZON
score <- sapply(people, function(rows) tail(course(rows)$score[course(rows)$day <= HORIZON], 1))
rank_sum <- wilcox.test(x = ifelse(dead, died - 1e6, score)[arm == 1], y = ifelse(dead, died - 1e6, score)[arm == 0],
                        exact = FALSE, correct = FALSE)

found <- list(
  version = R.version.string,
  area = list(value = unname(sapply(people, area)), welch = welch(sapply(people, area), arm)),
  area_with_death = list(value = unname(sapply(people, area_with_death)), welch = welch(sapply(people, area_with_death), arm)),
  average = list(value = unname(sapply(people, average)), welch = welch(sapply(people, average), arm)),
  deterioration = deteriorations,
  responders = list(counts = counts, n = n, wilson = limits, p_value = both$p.value, log_odds_ratio = logistic[[1]],
                    log_odds_error = logistic[[2]]),
  composite = welch(ifelse(dead, 0, score), arm),
  worst_rank = list(dead = sum(dead), statistic = unname(rank_sum$statistic), p_value = rank_sum$p.value))
writeLines(jsonlite::toJSON(found, digits = 15, auto_unbox = TRUE, na = "null"), "quality_of_life.json")
