"""The clinical rules, one file a subject (clinical content, sections 3.3 to 3.6 and 4): facts in, findings out."""
