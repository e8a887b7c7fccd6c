"""Commands of the surveys room."""
