"""Changes: each function changes what it names, leaves one audit entry and commits nothing itself."""
