# R's side of bench/survival.py: the rows already in memory; one measurement for each line that comes in.
# Rscript survival.R FOLDER: day, event and arm as whole numbers of four bytes, one file each.
suppressPackageStartupMessages(library(survival))
folder <- commandArgs(trailingOnly = TRUE)[1]
column <- function(name) {
  file <- file.path(folder, name)
  readBin(file, "integer", n = file.size(file) / 4)
}
day <- column("day")
event <- column("event")
arm <- factor(column("arm"))
asked <- file("stdin", "r")
while (length(readLines(asked, 1)) > 0) {
  gc()
  curves <- system.time(fit <- survfit(Surv(day, event) ~ arm))
  test <- system.time(logrank <- survdiff(Surv(day, event) ~ arm))
  survival <- summary(fit, times = c(365, 1826, 3000), extend = TRUE)$surv
  cat(
    sprintf(
      '{"survfit_s": %.4f, "survdiff_s": %.4f, "cpu_s": %.4f, "statistic": %.15g, "survival": [%s]}\n',
      curves[["elapsed"]], test[["elapsed"]],
      sum(curves[1:2]) + sum(test[1:2]), logrank$chisq,
      paste(sprintf("%.15g", survival), collapse = ", ")
    )
  )
  flush(stdout())
}
