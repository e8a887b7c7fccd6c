"""Requests to stop the messages: two readers, either may hear one."""

from surveys.core.replies.opt_outs.rules import by_rule
from surveys.core.replies.opt_outs.wording import by_wording, perhaps_by_wording

__all__ = ["by_rule", "by_wording", "perhaps_by_wording"]
