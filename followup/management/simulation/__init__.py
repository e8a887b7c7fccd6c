"""A programme in virtual time: scripted patients answer the real operations, months pass in seconds."""
