"""Tables of the room: what it works on, what it has done with, and both as one."""

from messaging.models.history import InboundHistory, IncomingText, KnownKey, OutboundHistory, OutgoingText
from messaging.models.live import (
    Control,
    DeliveryReceipt,
    InboundFields,
    InboundMessage,
    NotRouted,
    OptOut,
    OutboundFields,
    OutboundMessage,
    Sender,
    SenderStop,
    SimulatedText,
)

__all__ = [
    "Control",
    "DeliveryReceipt",
    "InboundFields",
    "InboundHistory",
    "InboundMessage",
    "IncomingText",
    "KnownKey",
    "NotRouted",
    "OptOut",
    "OutboundFields",
    "OutboundHistory",
    "OutboundMessage",
    "OutgoingText",
    "Sender",
    "SenderStop",
    "SimulatedText",
]
