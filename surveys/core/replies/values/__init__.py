"""Reading a value for each type of question."""
