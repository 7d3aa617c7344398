"""What is: reading the study, without changing a row."""
