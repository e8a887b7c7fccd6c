"""Reads yes-or-no questions from plain words, hedges of one polarity and sentences that state the fact asked about."""

from __future__ import annotations

from dataclasses import replace

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.phrases import Match, phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.strip import Stripped
from surveys.core.replies.tokens import Tokens
from surveys.core.replies.values.asked_facts import asked_words, facts_of, prompt_words, unmet
from surveys.core.replies.values.buried import buried, compound, led_by_more
from surveys.core.replies.values.echoes import alternatives
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.offered_codes import offered_code
from surveys.core.replies.values.outcome import Outcome, found, unclear
from surveys.core.replies.values.segments import clause_at, clauses

_STRONG = {"affirm": True, "deny": False, "fact_yes": True, "fact_no": False}


def read_yes_no(question: Question, reply: Stripped, language: str) -> Outcome:
    """True or false where the whole text is of one mind."""
    tokens = reply.tokens
    if _asks(reply.text):
        return unclear("The whole text is a question.")
    signs = _after_self_correction(tokens, _signs(question, tokens))
    signs = [match for match in signs if not _of_another_kind(question, tokens, match)]
    if any(_blocked(tokens, match) for match in signs):
        return unclear("A yes or no that is itself denied or only supposed.")
    signs = _labelled(question, tokens, signs) or _without_contrast(question, tokens, signs)
    words = {_STRONG[match.label] for match in signs if match.label in _STRONG}
    code = offered_code(question, tokens, language)
    if code is not None:
        words |= {code}
    if len(words) != 1:
        return unclear("Says both yes and no." if words else "Neither a yes nor a no.", tried=bool(signs))
    (value,) = words
    if not value and _denies_half(question, tokens):
        return unclear("Denies one of two things that were asked about.")
    if value and _of_another_day(question, tokens, signs):
        return unclear("Says yes of another day.")
    if _opposed(tokens, signs, value=value) or _taken_back(question, tokens, signs, value=value):
        return unclear("The rest of the text takes it back or makes it uncertain.")
    covered = {place for match in signs for place in range(match.start, match.end)}
    more = any(
        place not in covered and token.kind == "word" and token.text not in LEXICON.words("filler")
        for place, token in enumerate(tokens)
    )
    return found(value, "Says yes or no, or states the fact.", extra=more, confidence=0.93 if more else 0.98)


def _asks(text: str) -> bool:
    """ "¿ya abrió la farmacia?": a text between the two marks of a question, and more than one word."""
    words = text.split()
    return len(words) > 1 and words[0].startswith("¿") and words[-1].endswith("?") and text.count("?") == 1


def _signs(question: Question, tokens: Tokens) -> list[Match]:
    """Every sign of yes, no or neither, longer phrases hiding what is inside them."""
    facts = facts_of(question).all(tokens)
    other = phrases("not_a_sign").all(tokens)
    facts = [
        match
        for match in facts
        if not compound(tokens, match)
        and not _denied_fact(tokens, match)
        and not any(match.start < each.start < match.end < each.end for each in other)
    ]
    matches = [*facts, *phrases("affirm", "deny", "neither", "mild", "soft", "not_a_sign").all(tokens)]
    matches += _amounts(tokens)
    matches += [*_conditions(tokens), *unmet(question, tokens)]
    matches.sort(key=lambda match: (match.start, match.start - match.end))
    kept: list[Match] = []
    for match in matches:
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return [
        replace(match, label=f"buried_{match.label}") if buried(tokens, match) else match
        for match in kept
        if match.label != "not_a_sign"
    ]


def _denied_fact(tokens: Tokens, match: Match) -> bool:
    """ "no vomiting" to a question about nausea: what would say yes is denied."""
    led = match.start > 0 and not tokens[match.start].gap and tokens[match.start].text not in LEXICON.words("no_next")
    return match.label == "fact_yes" and led and tokens[match.start - 1].text in LEXICON.words("denial")


def _amounts(tokens: Tokens) -> list[Match]:
    """ "all the time" says yes where it opens its clause, not in "I stay in bed all the time"; "not a drop" says no."""
    amounts = phrases("affirm_amounts").all(tokens)
    labelled = [replace(each, label="amount" if led_by_more(tokens, each) else "affirm") for each in amounts]
    return [*labelled, *(replace(match, label="deny") for match in phrases("emphatic_no").all(tokens))]


def _blocked(tokens: Tokens, match: Match) -> bool:
    """ "can't say no", "not yes", "if no": the yes or no is denied or supposed by the word before it."""
    if match.label.removeprefix("buried_") not in _STRONG:
        return False
    place = match.start
    while place > 0 and not tokens[place].gap and tokens[place - 1].text in LEXICON.words("sign_carriers"):
        place -= 1
    return place > 0 and not tokens[place].gap and tokens[place - 1].text in LEXICON.words("sign_blockers")


def _of_another_kind(question: Question, tokens: Tokens, match: Match) -> bool:
    """ "I will" to a question about what has been, "my sister took some": a sign that answers another question."""
    words = {token.text for token in tokens[match.start : match.end]}
    asked = prompt_words(question)
    verbs = LEXICON.words("modal_verbs")
    bare = words <= verbs | LEXICON.words("modal_companions") | LEXICON.words("after_echo")
    if match.label == "deny" and _denies_else(tokens, match, asked):
        return True
    if bare and words & verbs and not asked & LEXICON.words("modal_prompts"):
        return True
    if match.label not in {"fact_yes", "fact_no"}:
        return False
    if match.label == "fact_yes" and words & LEXICON.words("part_words") - asked:
        return True
    start, _ = clause_at(clauses(tokens), match.start)
    return any(token.text in LEXICON.words("bystanders") for token in tokens[start : match.start])


def _denies_else(tokens: Tokens, match: Match, asked: frozenset[str]) -> bool:
    """ "no tengo hambre" to a question that is not about hunger: the no belongs to the word behind it."""
    after = tokens[match.end] if match.end < len(tokens) and not tokens[match.end].gap else None
    several = match.end - match.start > 1
    return several and after is not None and after.text in LEXICON.words("denied_things") - asked


def _labelled(question: Question, tokens: Tokens, signs: list[Match]) -> list[Match]:
    """In "nausea yes vomiting no" the signs right behind the topic that was asked about, where topics lead."""
    asked = asked_words(question)
    single = [match for match in signs if match.end - match.start == 1 and match.label.endswith(("affirm", "deny"))]
    behind = [match for match in single if match.start > 0 and not tokens[match.start].gap]
    named = [match for match in behind if tokens[match.start - 1].text in asked]
    if not named or len(behind) < len(single) or len(single) == len(named):
        return []
    return [replace(match, label=match.label.removeprefix("buried_")) for match in named]


def _without_contrast(question: Question, tokens: Tokens, signs: list[Match]) -> list[Match]:
    """ "no, pero sí mareo": a yes behind "but" that belongs to something which was not asked about."""
    if not signs or signs[0].label not in {"deny", "fact_no"}:
        return signs
    return [match for match in signs if not _grants_another(tokens, match, _own_words(question))]


def _own_words(question: Question) -> frozenset[str]:
    """The words that speak of what was asked, or of nothing."""
    return prompt_words(question) | asked_words(question) | LEXICON.words("filler") | LEXICON.words("right_ok")


def _grants_another(tokens: Tokens, match: Match, asked: frozenset[str]) -> bool:
    """Whether a single yes stands between a "but" and a word that was not asked about."""
    follows = tokens[match.end] if match.end < len(tokens) and not tokens[match.end].gap else None
    contrasted = match.start > 0 and tokens[match.start - 1].text in LEXICON.words("contrast")
    single = match.label.endswith("affirm") and match.end - match.start == 1
    return contrasted and single and follows is not None and follows.kind == "word" and follows.text not in asked


def _denies_half(question: Question, tokens: Tokens) -> bool:
    """ "el ruido no" to a question about light or noise."""
    pair = alternatives(question)
    named = {token.text for token in tokens} & pair
    return len(pair) > 1 and len(named) == 1 and tokens[-1].text in LEXICON.words("bare_no")


def _of_another_day(question: Question, tokens: Tokens, signs: list[Match]) -> bool:
    """ "yesterday yes", "took it last night" to a question about today, "friday yes" to one about Thursday."""
    first = next((match for match in signs if match.label in _STRONG), None)
    if first is None:
        return False
    start, end = clause_at(clauses(tokens), first.start)
    if first.start > start and tokens[first.start - 1].text in LEXICON.words("conclusion_words"):
        return False
    states = first.label == "fact_yes"
    lead = {token.text for token in tokens[start : end if states else first.start]}
    asked = focus_of(question)
    days = LEXICON.words("other_days") if asked.moment == "day" else frozenset()
    weekdays = LEXICON.words("weekday_names")
    return bool(lead & days - asked.words) or bool(lead & weekdays - asked.words and asked.words & weekdays)


def _opposed(tokens: Tokens, signs: list[Match], *, value: bool) -> bool:
    """A yes or no further inside a clause that says the opposite: "no all the time", "nausea yes vomiting no"."""
    opposite = "buried_deny" if value else "buried_affirm"
    first = next((match for match in signs if match.label in _STRONG), None)
    if not value and first and any(match.label == "amount" and match.end <= first.start for match in signs):
        return True
    return any(match.label == opposite and _speaks(tokens, match) for match in signs) or any(
        match.label in {"deny", "fact_no"} and _then_amount(tokens, match) for match in signs
    )


def _speaks(tokens: Tokens, match: Match) -> bool:
    """Whether a buried sign is one, and not the "no" of "no appetite"."""
    last = match.end == len(tokens) or bool(tokens[match.end].gap)
    return last or match.label == "buried_affirm" or _then_amount(tokens, match)


def _then_amount(tokens: Tokens, match: Match) -> bool:
    """ "no all the time", "no a lot": a bare no right before a word of amount."""
    bare = match.end - match.start == 1 and match.end < len(tokens) and not tokens[match.end].gap
    return (
        bare
        and tokens[match.start].text in LEXICON.words("bare_no")
        and tokens[match.end].text in LEXICON.words("amount_words")
    )


def _conditions(tokens: Tokens) -> list[Match]:
    """ "si me siento bien" is a condition; with its accent, "sí me dieron" says yes."""
    return [
        replace(match, label="neither")
        for match in phrases("condition").all(tokens)
        if "í" not in tokens[match.start].raw.lower()
        and not any(token.text in LEXICON.words("preterites") for token in tokens[match.start + 1 : match.start + 4])
    ]


def _after_self_correction(tokens: Tokens, signs: list[Match]) -> list[Match]:
    """In "no actually yes" only what follows counts, at once or as a clause of its own further on."""
    for mark in reversed(phrases("self_corrections", "sign_corrections").all(tokens)):
        before = [match for match in signs if match.end <= mark.end and match.start < mark.start + 1]
        later = (match for match in signs if match.start >= mark.end or _ends_in_no(tokens, mark, match))
        after = [_unburied(match, mark.end) for match in later]
        strong = [match for match in after if match.label in _STRONG]
        if before and strong and _ends_alone(tokens, after, strong):
            return strong[-1:]
        if before and strong and (after[0].start <= mark.end or after == strong == [_lone(tokens, strong[0])]):
            return after
    return signs


def _ends_alone(tokens: Tokens, after: list[Match], strong: list[Match]) -> bool:
    """ "yes wait no, that was before. No": what follows the mark is of one mind and ends in a yes or no of its own."""
    last = strong[-1]
    agreed = len({_STRONG[match.label] for match in strong}) == 1
    return agreed and last is after[-1] and last.end == len(tokens) and _lone(tokens, last) is not None


def _unburied(match: Match, place: int) -> Match:
    """ "wait yes": a yes right behind the mark begins what is meant."""
    opens = match.start == place and match.label == "buried_affirm"
    return replace(match, label="affirm") if opens else match


def _lone(tokens: Tokens, match: Match) -> Match | None:
    """The sign, where it is all that its clause says."""
    return match if clause_at(clauses(tokens), match.start) == (match.start, match.end) else None


def _ends_in_no(tokens: Tokens, mark: Match, match: Match) -> bool:
    """ "yes wait no": the no that ends the mark is what was meant."""
    return mark.start < match.start and match.end == mark.end and tokens[match.start].text in LEXICON.words("bare_no")


def _taken_back(question: Question, tokens: Tokens, signs: list[Match], *, value: bool) -> bool:
    """A no followed by "maybe", "only at night" is no certain no; a yes may be weak, but not doubted before."""
    first = next((match.start for match in signs if match.label in _STRONG), 0)
    neither = [match for match in signs if match.label in {"neither", "mild"}]
    if any(match.start < first and match.label == "neither" for match in signs):
        return True
    if value:
        doubts = (match for match in neither if match.label == "neither")
        return any(tokens[match.start].text in LEXICON.words("doubt") for match in doubts)
    asked = _own_words(question)
    exception = [
        match
        for match in phrases("except_when").all(tokens)
        if not _grants_another(tokens, Match(match.end - 1, match.end, "affirm"), asked)
    ]
    neither = [match for match in neither if not _asked(tokens, match)]
    return bool(neither) or any(match.start > first for match in exception)


def _asked(tokens: Tokens, match: Match) -> bool:
    """A word of doubt inside a question that follows the no ("no, and can I drive if I wait")."""
    start, _ = clause_at(clauses(tokens), match.start)
    opened = start + (tokens[start].text in LEXICON.words("clause_openers"))
    return start > 0 and phrases("asks_back").whole(tokens[opened : opened + 2]) is not None
