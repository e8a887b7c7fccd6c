"""What is asked and what a reply means: knows nothing of patients, phones or clocks."""
