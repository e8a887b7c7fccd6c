"""The training of the model that hears requests to stop."""
