# Makes win_ratio.json again, with R's survival package:
#
#     apt-get install r-cran-survival r-cran-jsonlite
#     Rscript make_win_ratio.R            (in this folder)
#
# The numbers kept here came from R 4.2.2 and survival 3.5-3 (Debian 12). R has no win ratio of its own in Debian: pairs are
# counted by survival's `concordance` and by `wilcox.test`, and a hierarchy by comparing every pair in `outer`.

library(survival)

veteran <- read.csv("veteran.csv")
cgd_long <- cgd
cgd <- do.call(rbind, lapply(split(cgd_long, cgd_long$id), function(rows) {
  days <- rows$tstop[rows$status == 1]
  data.frame(id = rows$id[1], arm = as.character(rows$treat[1]), site = as.character(rows$hos.cat[1]),
             end = max(rows$tstop), height = rows$height[1], infections = length(days), days = I(list(days)))
}))

# A pair of (first, second): 1 won, -1 lost, 0 undecided.
by_time <- function(t1, e1, t2, e2) {
  lost <- outer(seq_along(t1), seq_along(t2), Vectorize(function(i, j) e1[i] == 1 && (t1[i] < t2[j] || (t1[i] == t2[j] && e2[j] == 0))))
  won <- outer(seq_along(t1), seq_along(t2), Vectorize(function(i, j) e2[j] == 1 && (t2[j] < t1[i] || (t2[j] == t1[i] && e1[i] == 0))))
  won - lost
}
by_margin <- function(x, y, margin) outer(x, y, function(a, b) (a - b >= margin & a > b) - (b - a >= margin & b > a))
by_days <- function(d1, end1, d2, end2) {
  outer(seq_along(d1), seq_along(d2), Vectorize(function(i, j) {
    shared <- min(end1[i], end2[j])
    sign(sum(d2[[j]] <= shared) - sum(d1[[i]] <= shared))
  }))
}
hierarchy <- function(...) Reduce(function(one, next_one) ifelse(one != 0, one, next_one), list(...))

measures <- function(scores, weight = 1) {   # a list of matrices, one a stratum
  W <- sum(weight * sapply(scores, function(s) mean(s == 1)))
  L <- sum(weight * sapply(scores, function(s) mean(s == -1)))
  about <- function(x) sum((x - mean(x))^2) / length(x)^2
  variance <- function(value) sum(weight^2 * sapply(scores, function(s) {
    v <- value(s)
    about(rowMeans(v)) + about(colMeans(v))
  }))
  wr <- sqrt(variance(function(s) (s == 1) / W - (s == -1) / L))
  nb <- sqrt(variance(function(s) s))
  net <- W - L
  wo <- 2 * nb / (1 - net^2)
  z <- qnorm(0.975)
  list(wins = sum(sapply(scores, function(s) sum(s == 1))), losses = sum(sapply(scores, function(s) sum(s == -1))),
       ties = sum(sapply(scores, function(s) sum(s == 0))),
       win_ratio = W / L, lower = W / L * exp(-z * wr), upper = W / L * exp(z * wr), p_value = 2 * pnorm(-abs(log(W / L)) / wr),
       win_odds = (1 + net) / (1 - net), win_odds_lower = (1 + net) / (1 - net) * exp(-z * wo),
       win_odds_upper = (1 + net) / (1 - net) * exp(z * wo),
       net_benefit = net, net_benefit_lower = net - z * nb, net_benefit_upper = net + z * nb)
}

arms <- function(data, arm, first) list(first = data[data[[arm]] == first, ], second = data[data[[arm]] != first, ])
v <- arms(veteran, "trt", 2)
on_veteran <- function(first, second) {
  hierarchy(by_time(first$time, first$status, second$time, second$status), by_margin(first$karno, second$karno, 20))
}
c2 <- arms(cgd, "arm", "rIFN-g")

pairs <- concordance(Surv(time, status) ~ trt, veteran)$count
rank_sum <- suppressWarnings(wilcox.test(v$first$karno, v$second$karno, exact = FALSE, correct = FALSE))
strata <- lapply(split(veteran, veteran$celltype), function(rows) { s <- arms(rows, "trt", 2); on_veteran(s$first, s$second) })

found <- list(
  version = list(R = R.version.string, survival = as.character(packageVersion("survival"))),
  cgd = list(arm = cgd$arm, end = cgd$end, height = cgd$height, infections = cgd$infections, days = lapply(cgd$days, as.list)),
  concordance = list(wins = unname(pairs["concordant"]), losses = unname(pairs["discordant"])),
  wilcoxon = list(wins_and_half_ties = unname(rank_sum$statistic)),
  survival_only = measures(list(by_time(v$first$time, v$first$status, v$second$time, v$second$status))),
  karno_only = measures(list(by_margin(v$first$karno, v$second$karno, 0))),
  hierarchy = measures(list(on_veteran(v$first, v$second))),
  by_celltype = measures(strata, sapply(split(veteran, veteran$celltype), nrow) / nrow(veteran)),
  shared_follow_up = measures(list(hierarchy(by_days(c2$first$days, c2$first$end, c2$second$days, c2$second$end),
                                             by_margin(c2$first$height, c2$second$height, 10)))))
writeLines(jsonlite::toJSON(found, digits = 15, auto_unbox = TRUE), "win_ratio.json")
