"""Texts and scripts that make the safety model; see README.md."""
