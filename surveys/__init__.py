"""What is asked and what a reply means. Knows nothing of patients, phones or clocks."""
