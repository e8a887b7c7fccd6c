"""Writes of the room; read from enrol to finish they are the life of a survey."""
