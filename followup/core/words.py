"""How rules, reasons and statuses are put to staff, in words."""

from __future__ import annotations

from typing import Final

from followup.core.lifecycle import Reason

RULES: Final = {
    "E1": "Possible medical emergency in a text",
    "E2": "Severe side effect",
    "E2-TEXT": "Severe side effect in a text",
    "E3": "Seeing things, unreal or confused after 24 hours",
    "E4": "Seeing things, unreal or confused",
    "E5": "Heart racing",
    "E6": "Vomiting",
    "E7": "Severe headache with known high blood pressure",
    "E8": "Anxious after 24 hours",
    "E9": "Side effects persist",
    "E10": "Side effects getting worse",
    "E11": "Very sleepy",
    "E12": "Painful or frequent urination",
    "E13": "Urge to use more of the medicine",
    "E14": "Very high blood pressure in a text",
    "P0": "No baseline to compare pain with",
    "P1": "Pain better than baseline",
    "P2": "Pain worse than baseline",
    "P3": "Relief is fading",
    "P4": "Pain is back: review for a booster",
    "P5": "No relief after three sessions: review the plan",
    "P6": "How long the relief lasted",
    "P7": "PEG has changed",
    "P8": "More pain medicine",
    "M1": "Thoughts of self-harm in a questionnaire",
    "M1c": "Question on self-harm not answered",
    "M2": "Depression screen positive",
    "M3": "Severe depression score",
    "M4": "Depression score has changed",
    "M5": "Anxiety",
    "M6": "Low mood",
    "M7": "Depression is back: review for a booster",
    "M8": "Little sleep and sped up, in a text",
    "N2": "No answer the day after",
    "N3": "Silent after a severe score: call today",
    "Q2": "The same answer many times in a row",
    "Q3": "Answered within two seconds",
    "CRISIS-1": "Crisis words in a text",
    "CRISIS-2": "Possible crisis in a text",
    "CRISIS-3": "Words to look at in a text",
}
"""Rule ids of the clinical content as a heading of a few words."""

REASONS: Final = {
    Reason.OUTSIDE_WINDOW: "Fell outside the hours in which texts may leave",
    Reason.TOO_LATE: "Too late to be of use",
    Reason.NO_CONSENT: "No active consent for this number",
    Reason.OPTED_OUT: "The number wants no texts",
    Reason.PHONE_BUSY: "Another survey is open on this phone",
    Reason.SESSION_CANCELLED: "The care session was cancelled",
    Reason.SESSION_MOVED: "The care session was moved",
    Reason.NEW_SESSION: "A newer care session took its place",
    Reason.WITHDRAWN: "The patient withdrew",
    Reason.NO_LIVE_SURVEY: "The survey has no live version",
    Reason.SAFETY_HOLD: "Held back until a safety concern is closed",
    Reason.DELIVERY_FAILED: "Texts do not reach this number",
    Reason.HANDED_OVER: "Handed over to a person",
    Reason.NO_REPLY: "No reply in time",
    Reason.WRONG_PERSON: "The number seems to belong to somebody else",
    Reason.BY_STAFF: "Ended by staff",
    Reason.NOT_APPLICABLE: "Does not apply",
    Reason.DAILY_LIMIT: "Enough questions for one day",
    Reason.PAUSED: "The patient is paused",
}


def rule_words(rule: str) -> str:
    """A rule as a heading; an id that has no words stays itself."""
    return RULES.get(rule, rule)


def reason_words(reason: str) -> str:
    """Why a follow-up was not asked, or not finished."""
    return REASONS.get(Reason(reason), "") if reason else ""
