"""Who, when and what then: patients, care sessions, plans, follow-ups, answers, signals, review."""
