"""What the learnt readers share: cutting a text into words, what a linear model sees of them, and the model."""
