"""The operations page: what is stuck and why, and what a person can do about it."""
