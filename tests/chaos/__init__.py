"""The chaos run: the whole service as real processes, killed again and again while patients answer, then audited."""
