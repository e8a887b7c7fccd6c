"""Pure rules of the room: figures in, alerts out."""
