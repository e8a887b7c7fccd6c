"""Writes of the room."""

from messaging.core.drafts import TextDraft, UnsendableBody
from messaging.operations.enqueue import cancel_queued, enqueue
from messaging.operations.opt_outs import opt_in, opt_out

__all__ = ["TextDraft", "UnsendableBody", "cancel_queued", "enqueue", "opt_in", "opt_out"]
