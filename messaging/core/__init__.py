"""Pure rules of the room: segments, control words, send windows, the life of a text, retry."""
