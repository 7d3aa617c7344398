"""The rules of a study: frozen values and pure functions; no file, network, database or clock."""
