"""Writes of the room: looking, telling, acknowledging."""

from watch.operations.acknowledge import acknowledge
from watch.operations.look import look
from watch.operations.tell import tell

__all__ = ["acknowledge", "look", "tell"]
