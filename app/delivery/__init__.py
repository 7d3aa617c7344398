"""What leaves for the outside world: claimed and recorded in operations, sent with no transaction open."""
