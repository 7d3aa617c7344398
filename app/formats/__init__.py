"""Files and sealed texts on one side, domain values on the other."""
