"""Whole lives of surveys, through the doors only: commands, the API, webhooks, sweeps."""
