"""A stand-in for the provider: an HTTP server that takes texts as Twilio's API does, and fails as networks do."""

from tests.standin.books import Books, Message
from tests.standin.faults import FAULTS, Faults
from tests.standin.server import StandIn

__all__ = ["FAULTS", "Books", "Faults", "Message", "StandIn"]
