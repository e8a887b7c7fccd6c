"""Writes of the room."""

from messaging.core.drafts import TextDraft, UnsendableBody
from messaging.operations.by_hand import NotByHand, give_up, handle_again, resume_sender, retry, settle
from messaging.operations.comparison import compare_opt_outs
from messaging.operations.dispatch import dispatch
from messaging.operations.enqueue import cancel_queued, enqueue
from messaging.operations.form_replies import keep_form_reply
from messaging.operations.history import move_to_history
from messaging.operations.inbound import due_inbound, handle_inbound, store_inbound
from messaging.operations.inserting import insert_new
from messaging.operations.missed import fetch_missed_inbound
from messaging.operations.opt_outs import opt_in, opt_out
from messaging.operations.receipts import WrongAccount, take_receipt
from messaging.operations.reconcile import PERSON_AFTER, reconcile
from messaging.operations.retention import delete_expired
from messaging.operations.senders import InvalidSender, keep_sender, lift_stop
from messaging.operations.signatures import NotGenuine, Origin, verify
from messaging.operations.tidying import tidy_provider
from messaging.operations.virtual import (
    NotSimulated,
    Settled,
    reply_from_phone,
    send_due_receipts,
    settle_virtually,
    simulated_texts,
)

__all__ = [
    "PERSON_AFTER",
    "InvalidSender",
    "NotByHand",
    "NotGenuine",
    "NotSimulated",
    "Origin",
    "Settled",
    "TextDraft",
    "UnsendableBody",
    "WrongAccount",
    "cancel_queued",
    "compare_opt_outs",
    "delete_expired",
    "dispatch",
    "due_inbound",
    "enqueue",
    "fetch_missed_inbound",
    "give_up",
    "handle_again",
    "handle_inbound",
    "insert_new",
    "keep_form_reply",
    "keep_sender",
    "lift_stop",
    "move_to_history",
    "opt_in",
    "opt_out",
    "reconcile",
    "reply_from_phone",
    "resume_sender",
    "retry",
    "send_due_receipts",
    "settle",
    "settle_virtually",
    "simulated_texts",
    "store_inbound",
    "take_receipt",
    "tidy_provider",
    "verify",
]
