"""Whether everything moves: figures, conditions, alerts and who is told of them."""
