"""Reads of the room; each is scoped to one clinic."""
