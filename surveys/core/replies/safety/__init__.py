"""The safety screen: does a text say that somebody is in danger?"""

from surveys.core.replies.safety.screening import SCREEN_VERSION, Screening, screen

__all__ = ["SCREEN_VERSION", "Screening", "screen"]
