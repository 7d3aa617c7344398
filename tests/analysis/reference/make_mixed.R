# Makes mixed.json and mixed_frames.csv: what R says of mixed models, and the frames of which it says so.
#
# Run it here: Rscript make_mixed.R (a few minutes). Needs nlme, lme4, lmerTest, pbkrtest, numDeriv and jsonlite
# (Debian: r-cran-*). mmrm is not in Debian: the numbers of mixed_mmrm.json (mmrm 0.3.18 on pbcseq_visits.csv,
# refitted with tight tolerances, since its own optimiser stops early) are given.
#
# `defined` is made from the definitions: every participant's matrices written out, the likelihood maximised by
# nlminb and then by Newton with numerical derivatives, its second derivatives numerical too. Slow, and nothing
# in common with what is checked against it.

suppressMessages({
  library(nlme)
  library(lmerTest)
})

# ------------------------------------------------------------------------------------------------------- by definition

# Minus the restricted log-likelihood; model$V(theta, i) is the covariance of participant i.
reml <- function(theta, model) {
  information <- 0
  score <- 0
  deviance <- (length(model$y) - ncol(model$X)) * log(2 * pi)
  for (i in seq_along(model$rows)) {
    x <- model$X[model$rows[[i]], , drop = FALSE]
    y <- model$y[model$rows[[i]]]
    root <- tryCatch(chol(model$V(theta, i)), error = function(e) NULL)
    if (is.null(root)) return(1e10)
    w <- chol2inv(root)
    information <- information + t(x) %*% w %*% x
    score <- score + t(x) %*% w %*% y
    deviance <- deviance + 2 * sum(log(diag(root))) + drop(t(y) %*% w %*% y)
  }
  as.numeric(deviance + determinant(information)$modulus - drop(t(score) %*% solve(information, score))) / 2
}

# Near the edge of what is a covariance, numDeriv's first steps of a tenth of each parameter (d) leave it.
hessian <- function(theta, model) numDeriv::hessian(reml, theta, model = model, method.args = list(d = model$d))

maximum <- function(theta, model) {
  theta <- nlminb(theta, reml, model = model, control = list(iter.max = 1000, eval.max = 2000, rel.tol = 1e-12))$par
  for (step in 1:5) theta <- theta - solve(hessian(theta, model), numDeriv::grad(reml, theta, model = model))
  theta
}

# rows: linear combinations of the coefficients, each with its own degrees of freedom; joint: an F test of these.
defined <- function(start, model, rows, joint) {
  theta <- maximum(start, model)
  k <- length(theta)
  p <- ncol(model$X)
  cov_theta <- solve(hessian(theta, model))
  information <- matrix(0, p, p)
  score <- rep(0, p)
  P <- array(0, c(k, p, p))
  Q <- array(0, c(k, k, p, p))
  for (i in seq_along(model$rows)) {
    x <- model$X[model$rows[[i]], , drop = FALSE]
    v <- model$V(theta, i)
    w <- solve(v)
    d <- numDeriv::jacobian(function(t) as.vector(model$V(t, i)), theta)
    b <- lapply(seq_len(k), function(j) matrix(d[, j], nrow(v)))
    information <- information + t(x) %*% w %*% x
    score <- score + t(x) %*% w %*% model$y[model$rows[[i]]]
    for (j in seq_len(k)) {
      P[j, , ] <- P[j, , ] - t(x) %*% w %*% b[[j]] %*% w %*% x
      for (l in seq_len(k)) Q[j, l, , ] <- Q[j, l, , ] + t(x) %*% w %*% b[[j]] %*% w %*% b[[l]] %*% w %*% x
    }
  }
  phi <- solve(information)
  spread <- matrix(0, p, p)
  for (j in seq_len(k)) for (l in seq_len(k)) {
    spread <- spread + cov_theta[j, l] * (Q[j, l, , ] - P[j, , ] %*% phi %*% P[l, , ])
  }
  adjusted <- phi + 2 * phi %*% spread %*% phi
  coef <- drop(phi %*% score)
  df <- apply(rows, 1, function(l) {
    g <- sapply(seq_len(k), function(j) -sum(l * (phi %*% P[j, , ] %*% phi %*% l)))
    2 * sum(l * (phi %*% l))^2 / sum(g * (cov_theta %*% g))
  })
  list(names = colnames(model$X), coef = unname(coef), reml = -reml(theta, model), theta = theta,
       se = unname(sqrt(diag(phi))), se_kr = unname(sqrt(diag(adjusted))),
       rows = list(estimate = drop(rows %*% coef), se = sqrt(diag(rows %*% phi %*% t(rows))),
                   se_kr = sqrt(diag(rows %*% adjusted %*% t(rows))), df = df),
       joint = kenward_roger(joint, coef, phi, adjusted, P, cov_theta))
}

# Kenward and Roger 1997, with their letters.
kenward_roger <- function(L, coef, phi, adjusted, P, cov_theta) {
  l <- nrow(L)
  theta <- t(L) %*% solve(L %*% phi %*% t(L)) %*% L
  part <- lapply(seq_len(dim(P)[1]), function(j) theta %*% phi %*% P[j, , ] %*% phi)
  trace <- function(m) sum(diag(m))
  pairs <- expand.grid(i = seq_along(part), j = seq_along(part))
  A1 <- sum(mapply(function(i, j) cov_theta[i, j] * trace(part[[i]]) * trace(part[[j]]), pairs$i, pairs$j))
  A2 <- sum(mapply(function(i, j) cov_theta[i, j] * trace(part[[i]] %*% part[[j]]), pairs$i, pairs$j))
  B <- (A1 + 6 * A2) / (2 * l)
  g <- ((l + 1) * A1 - (l + 4) * A2) / ((l + 2) * A2)
  d <- 3 * l + 2 * (1 - g)
  E <- 1 / (1 - A2 / l)
  V <- 2 / l * (1 + g / d * B) / ((1 - (l - g) / d * B)^2 * (1 - (l + 2 - g) / d * B))
  m <- 4 + (l + 2) / (l * V / (2 * E^2) - 1)
  F <- drop(t(L %*% coef) %*% solve(L %*% adjusted %*% t(L)) %*% L %*% coef) / l
  list(f = F * m / (E * (m - 2)), num_df = l, den_df = m)
}

# ----------------------------------------------------------------------------------------------------- repeated visits

STRUCTURES <- c("unstructured", "heterogeneous-toeplitz", "heterogeneous-ar1", "heterogeneous-compound-symmetry",
                "toeplitz", "ar1", "compound-symmetry")

# Parameters that may be any numbers: a Cholesky root with logarithms on its diagonal; or logarithms of standard
# deviations and then atanh of correlations. What is reported does not depend on the choice.
visit_covariance <- function(structure, t) {
  lag <- abs(outer(1:t, 1:t, "-"))
  if (structure == "unstructured") {
    return(function(theta) {
      root <- matrix(0, t, t)
      root[lower.tri(root, TRUE)] <- theta
      diag(root) <- exp(diag(root))
      root %*% t(root)
    })
  }
  scales <- if (grepl("heterogeneous", structure)) t else 1
  function(theta) {
    s <- exp(rep(theta[1:scales], length.out = t))
    rho <- tanh(theta[-(1:scales)])
    c <- if (grepl("compound", structure)) ifelse(lag == 0, 1, rho) else
      if (grepl("ar1", structure)) rho^lag else matrix(c(1, rho)[lag + 1], t)
    outer(s, s) * c
  }
}

start_of <- function(structure, v) {
  t <- nrow(v)
  if (structure == "unstructured") {
    root <- t(chol(v))
    diag(root) <- log(diag(root))
    return(root[lower.tri(root, TRUE)])
  }
  s <- log(if (grepl("heterogeneous", structure)) sqrt(diag(v)) else sqrt(mean(diag(v))))
  c(s, atanh(if (grepl("toeplitz", structure)) cov2cor(v)[1, -1] else cov2cor(v)[1, 2]))
}

# frame: who, place (1, 2, ...), visit, arm, y and covariates.
repeated <- function(frame, formula, structure) {
  t <- max(frame$place)
  rows <- split(seq_len(nrow(frame)), frame$who)
  X <- model.matrix(formula, frame)
  full <- visit_covariance(structure, t)
  d <- if (grepl("toeplitz", structure)) 0.003 else 0.1
  model <- list(X = X, y = frame$y, rows = rows, d = d, V = function(theta, i) {
    own <- frame$place[rows[[i]]]
    full(theta)[own, own, drop = FALSE]
  })
  deviations <- sqrt(tapply(resid(lm(formula, frame))^2, frame$place, mean))
  near <- outer(deviations, deviations) * 0.9^abs(outer(1:t, 1:t, "-"))
  cells <- expand.grid(arm = levels(frame$arm)[-1], visit = levels(frame$visit), stringsAsFactors = FALSE)
  difference <- t(mapply(function(arm, visit) {
    (colnames(X) == paste0("arm", arm)) + (colnames(X) == paste0("visit", visit, ":arm", arm))
  }, cells$arm, cells$visit))
  interaction <- diag(ncol(X))[grepl(":arm", colnames(X)), , drop = FALSE]
  found <- defined(start_of(structure, near), model, difference, interaction)
  c(found, list(arm = cells$arm, visit = cells$visit, V = full(found$theta)))
}

# nlme's gls, where it has the structure.
by_gls <- function(frame, formula, structure) {
  correlation <- if (structure == "unstructured") corSymm(form = ~ place | who) else
    if (grepl("compound", structure)) corCompSymm(form = ~ place | who) else
    if (grepl("ar1", structure)) corAR1(form = ~ place | who)
  if (is.null(correlation)) return(NULL)
  weights <- if (structure == "unstructured" || grepl("heterogeneous", structure)) varIdent(form = ~ 1 | visit)
  control <- glsControl(maxIter = 500, msMaxIter = 1000, tolerance = 1e-9, msTol = 1e-11)
  fit <- gls(formula, frame, correlation, weights, method = "REML", control = control)
  list(coef = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))), reml = as.numeric(logLik(fit)))
}

# Compound symmetry is a random intercept: lmerTest's degrees of freedom, and pbkrtest's Kenward-Roger, which takes
# the expected information where SAS, mmrm and Hepatica take the observed one.
by_lmer <- function(frame, formula, random) {
  fit <- lmer(update(formula, random), frame, control = strict)
  satterthwaite <- coef(summary(fit))
  kenward_roger <- coef(summary(fit, ddf = "Kenward-Roger"))
  list(coef = unname(satterthwaite[, 1]), se = unname(satterthwaite[, 2]), df = unname(satterthwaite[, 3]),
       se_kr_expected = unname(kenward_roger[, 2]), df_kr_expected = unname(kenward_roger[, 3]),
       reml = as.numeric(logLik(fit)), singular = isSingular(fit))
}

strict <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5))

# -------------------------------------------------------------------------------------------------------- random slopes

# The parameters are those of a root of D, with logarithms on its diagonal, and the logarithm of the residual variance.
# Where lmer finds a singular D, that root is one column.
random_slope <- function(frame, formula, singular) {
  rows <- split(seq_len(nrow(frame)), frame$who)
  X <- model.matrix(formula, frame)
  between <- function(theta) {
    root <- if (singular) theta[1:2] else matrix(c(exp(theta[1]), theta[2], 0, exp(theta[3])), 2)
    root %*% t(root)
  }
  model <- list(X = X, y = frame$y, rows = rows, d = 0.01, V = function(theta, i) {
    z <- cbind(1, frame$time[rows[[i]]])
    z %*% between(theta) %*% t(z) + exp(theta[length(theta)]) * diag(nrow(z))
  })
  variance <- sigma(lm(formula, frame))^2
  start <- c(log(variance / 2) / 2, 0, log(variance / 8 / var(frame$time)) / 2, log(variance / 4))
  if (singular) start <- c(sqrt(variance) / 2, 0.01, log(variance / 2))
  arms <- levels(frame$arm)
  slopes <- t(sapply(arms, function(arm) {
    (colnames(X) == "time") + (colnames(X) == paste0("time:arm", arm))
  }))
  differences <- slopes[-1, , drop = FALSE] - slopes[rep(1, length(arms) - 1), , drop = FALSE]
  found <- defined(start, model, rbind(slopes, differences), differences)
  c(found, list(arm = c(arms, arms[-1]), between = between(found$theta), residual = exp(found$theta[length(found$theta)])))
}

# -------------------------------------------------------------------------------------------------------------- frames

as_frame <- function(data, name, y, who, time, arm) {
  found <- data.frame(frame = name, who = as.integer(factor(as.character(data[[who]]))), time = data[[time]],
                      arm = as.character(data[[arm]]), y = data[[y]], base = NA)
  found$place <- match(found$time, sort(unique(found$time)))
  found[order(found$who, found$time), ]
}

# Some visits are left out of each, so that the participants' patterns differ.
orthodont <- as_frame(nlme::Orthodont, "orthodont", "distance", "Subject", "age", "Sex")
orthodont <- subset(orthodont, (who * 7 + place * 3) %% 11 != 0)
hatched <- with(subset(datasets::ChickWeight, Time == 0), setNames(weight, as.character(Chick)))
chicks <- subset(datasets::ChickWeight, Time %in% c(8, 12, 16, 20))
chicks <- as_frame(transform(chicks, who = as.character(Chick)), "chicks", "weight", "who", "Time", "Diet")
chicks$base <- hatched[levels(factor(as.character(subset(datasets::ChickWeight, Time %in% c(8, 12, 16, 20))$Chick)))][chicks$who]
chicks <- subset(chicks, (who * 5 + place * 3) %% 13 != 0)
rats <- as_frame(subset(nlme::BodyWeight, Time %in% c(1, 15, 29, 44, 57)), "rats", "weight", "Rat", "Time", "Diet")
sleep <- transform(lme4::sleepstudy, arm = ifelse(as.integer(Subject) %% 2 == 0, "even", "odd"))
sleep <- as_frame(sleep, "sleep", "Reaction", "Subject", "Days", "arm")
sleep <- subset(sleep, (who * 3 + place * 7) %% 10 != 0)
# Lines that differ so little that lmer finds them singular.
set.seed(4)
flat <- data.frame(frame = "flat", who = rep(1:14, each = 4), arm = rep(c("a", "b"), each = 4), base = NA)
flat <- transform(flat, time = round(runif(56, 0, 3), 2))
flat$y <- round(2 + rep(rnorm(14), each = 4) + flat$time * (1 + 0.4 * (flat$arm == "b") + rep(rnorm(14, 0, 0.1), each = 4)) + rnorm(56), 2)
flat$place <- seq_len(56)

pbcseq <- read.csv("pbcseq_visits.csv")
pbcseq <- data.frame(frame = "pbcseq", who = pbcseq$id, time = pbcseq$yr, arm = as.character(pbcseq$trt),
                     y = pbcseq$lbili, base = pbcseq$lbili0, place = pbcseq$visit)

columns <- c("frame", "who", "time", "arm", "y", "base")
write.csv(rbind(orthodont[columns], chicks[columns], rats[columns], sleep[columns], flat[columns]), "mixed_frames.csv", row.names = FALSE, quote = FALSE, na = "")

factors <- function(frame) transform(frame, arm = factor(arm), visit = factor(time))
without <- y ~ visit + arm + visit:arm
with_base <- y ~ base + visit + arm + base:visit + visit:arm
slope <- y ~ time + arm + time:arm

named <- function(keys, make) setNames(lapply(keys, make), keys)
both <- function(frame, formula, structures) {
  named(structures, function(structure) {
    message(frame$frame[1], " ", structure)
    c(repeated(factors(frame), formula, structure), list(gls = by_gls(factors(frame), formula, structure)))
  })
}
lines <- function(frame, formula) {
  message(frame$frame[1], " random slope")
  lmer <- by_lmer(factors(frame), formula, . ~ . + (time | who))
  c(random_slope(factors(frame), formula, lmer$singular), list(lmer = lmer))
}

jsonlite::write_json(list(
  ver = list(R = R.version.string, nlme = as.character(packageVersion("nlme")),
             lmerTest = as.character(packageVersion("lmerTest")), pbkrtest = as.character(packageVersion("pbkrtest"))),
  visits = list(orthodont = both(orthodont, without, STRUCTURES), chicks = both(chicks, with_base, STRUCTURES),
                rats = both(rats, without, setdiff(STRUCTURES, "unstructured"))),
  intercepts = list(orthodont = by_lmer(factors(orthodont), without, . ~ . + (1 | who)),
                    chicks = by_lmer(factors(chicks), with_base, . ~ . + (1 | who))),
  slopes = list(orthodont = lines(orthodont, slope), sleep = lines(sleep, slope), flat = lines(flat, slope),
                pbcseq = lines(pbcseq, y ~ base + time + arm + time:arm))
), "mixed.json", auto_unbox = TRUE, digits = 12, na = "null", null = "null")
