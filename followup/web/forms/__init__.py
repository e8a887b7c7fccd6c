"""Forms of the staff pages: they read what was typed; whether it is right, the operations say."""
