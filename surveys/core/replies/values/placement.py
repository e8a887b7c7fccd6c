"""Judges an option found in words by the words around it: is it said of what was asked, and is it said at all?"""

from __future__ import annotations

from surveys.core.replies.lexicon import LEXICON
from surveys.core.replies.normalise import clean, tokenise
from surveys.core.replies.phrases import phrases
from surveys.core.replies.reading import Question
from surveys.core.replies.tokens import Tokens, joined
from surveys.core.replies.values.focus import focus_of
from surveys.core.replies.values.naming import names_a_kind, of_another, undone
from surveys.core.replies.values.option_words import singular_and_plural, vocabulary_of, words_of
from surveys.core.replies.values.options import Hit
from surveys.core.replies.values.segments import clause_at, clauses


def misplaced(question: Question, tokens: Tokens, hit: Hit) -> str | None:
    """Why the option is said of something else, wished for or asked about, or None where nothing is against it."""
    start, end = clause_at(clauses(tokens), hit.start)
    return (
        _not_said(question, tokens, start, end, hit)
        or _conflict(question, tokens, start, end, hit)
        or _of_else(question, tokens, start, hit)
        or (_describes_else(question, tokens, start, end, hit) if _describes(tokens, hit) else None)
    )


def _not_said(question: Question, tokens: Tokens, start: int, end: int, hit: Hit) -> str | None:
    if phrases("wished", "conditional", "supposed").first(tokens[start : hit.start - _accompanied(tokens, hit)]):
        return "The option is wished for or depends on something."
    if any(match.start == 0 for match in phrases("asks_back").all(tokens[start:end])):
        return "The option is asked about, not chosen."
    return "The option was ended, avoided or not had." if undone(question, tokens, hit) else None


def _accompanied(tokens: Tokens, hit: Hit) -> bool:
    """ "with dinner": a "with" right before a name is no condition."""
    led = hit.start > 0 and not tokens[hit.start].gap and tokens[hit.start - 1].text in LEXICON.words("with_a_name")
    return led and not _describes(tokens, hit)


def _of_else(question: Question, tokens: Tokens, start: int, hit: Hit) -> str | None:
    following = tokens[hit.end] if hit.end < len(tokens) and not tokens[hit.end].gap else None
    if following and following.text in LEXICON.words("compound_tail"):
        return "The option only names a kind of something else."
    of_else = of_another(question, tokens, hit) or _compares(question, tokens, hit)
    of_else = of_else or _of_something_else(question, tokens, hit)
    owned = _is_part(question, hit) and _of_somebody(tokens[start : hit.start])
    if of_else or owned or _by_somebody(question, tokens, start, hit):
        return "The option is said of something or somebody else."
    if _between_degrees(question, tokens, hit):
        return "The option may be this or a stronger one."
    if _describes(tokens, hit):
        return None
    unknown = following and following.kind == "word" and following.text not in LEXICON.known_words
    kind = names_a_kind(question, tokens, hit) or (unknown and _is_part(question, hit))
    return "The option only names a kind of something else." if kind else None


def _describes_else(question: Question, tokens: Tokens, start: int, end: int, hit: Hit) -> str | None:
    """What speaks against an option that is a describing word."""
    following = tokens[hit.end] if hit.end < len(tokens) and not tokens[hit.end].gap else None
    if _said_to_us(tokens, start, end, hit) or _strengthens(tokens, hit):
        return "The option's word is a wish for the reader, or strengthens the next one."
    if following and following.kind == "word" and not _may_follow(question, following.text):
        return "The option describes something else."
    before = tokens[start : hit.start]
    if any(token.kind == "word" and not _may_precede(question, token.text) for token in before):
        return "The option is said of something else."
    return None


def _conflict(question: Question, tokens: Tokens, start: int, end: int, hit: Hit) -> str | None:
    """ "better in the morning" to a question for the worst, "nausea before the infusion" to one about since then."""
    focus = focus_of(question)
    clause = {token.text for token in (*tokens[start : hit.start], *tokens[hit.end : end])}
    worst = LEXICON.words("aspect_worst")
    if "aspect_worst" in focus.aspects and clause & LEXICON.words("best_words") and not clause & worst:
        return "The best of what was asked for its worst."
    if phrases("long_ago").first(tokens[start:end]) and not phrases("long_ago").first(tokenise(clean(question.text))):
        return "Said of a time long ago."
    if _other_effect(focus.words, tokens, end, hit):
        return "Said to do the opposite of what was asked."
    if focus.moment == "span" and phrases("before_then").first(tokens[start:end]):
        return "Said of the time before the one that was asked about."
    return None


def _other_effect(asked: frozenset[str], tokens: Tokens, end: int, hit: Hit) -> bool:
    """ "lifting helps" to a question for what hurts, "ice made it worse" to one for what helps."""
    helps, hurts = LEXICON.words("made_better"), LEXICON.words("made_worse")
    after = [token.text for token in tokens[hit.end : end]]
    if asked & helps:
        return bool(hurts & set(after))
    return bool(helps & set(after[:1]))


def _between_degrees(question: Question, tokens: Tokens, hit: Hit) -> bool:
    """ "so much worse" where both "Much worse" and "Very much worse" are offered."""
    labels = {option.code: words_of(option.label) for option in question.options}
    own = labels[hit.code]
    stronger = [label.removesuffix(own).split() for code, label in labels.items() if label.endswith(f" {own}")]
    if not any(words[-1] not in LEXICON.words("half_hearted") for words in stronger):
        return False
    said = joined(tokens[hit.start : hit.end])
    before = tokens[hit.start - 1].text if hit.start and not tokens[hit.start].gap else ""
    return said != own or before in LEXICON.words("degree")


def _of_something_else(question: Question, tokens: Tokens, hit: Hit) -> bool:
    """ "full of pain": the option's word belongs to a topic or a part of the body that was not asked about."""
    follows = tokens[hit.end : hit.end + 2]
    if len(follows) < 2 or any(token.gap for token in follows) or follows[0].text not in LEXICON.words("of_words"):
        return False
    known = LEXICON.union("topic_") | LEXICON.words("body")
    return follows[1].text in known and follows[1].text not in focus_of(question).words


def _of_somebody(before: Tokens) -> bool:
    """ "my husband's neck": the words before end in a person, with or without the mark of possession."""
    named = [token.text for token in before if token.text not in LEXICON.words("possessive_marks")]
    return bool(named) and any(form in LEXICON.words("kin") for form in singular_and_plural(named[-1]))


def _by_somebody(question: Question, tokens: Tokens, start: int, hit: Hit) -> bool:
    """ "my wife cooks", "la pareja de mi hermana": somebody else before what is done, or behind a person's "of"."""
    before = tokens[hit.start - 1] if hit.start > start else None
    kin = LEXICON.words("kin")
    if before is not None and before.text in kin and tokens[hit.start].text not in kin:
        return True
    place = hit.start - 1
    while place > start and tokens[place].text in LEXICON.words("article") | LEXICON.words("copula"):
        place -= 1
    said_of = start <= place < hit.start - 1 and tokens[place].text in kin
    if said_of and not kin & vocabulary_of(question).words:
        return True
    link, *rest = (*tokens[hit.end : hit.end + 3], None)
    person = any(token.text in LEXICON.words("persons") for token in tokens[hit.start : hit.end])
    of = link is not None and not link.gap and link.text in LEXICON.words("of_words")
    return person and of and any(token is not None and token.text in kin for token in rest)


def _describes(tokens: Tokens, hit: Hit) -> bool:
    """Whether the option is a word that describes ("bad"), which may be said of anything, and not a name ("neck")."""
    known = LEXICON.words("adjectives") | LEXICON.words("degree") | LEXICON.words("article")
    return all(token.text in known for token in tokens[hit.start : hit.end])


def _compares(question: Question, tokens: Tokens, hit: Hit) -> bool:
    """ "un poco más tranquilo", "much less anxious": the more or less is said of a quality that was not asked about."""
    known = LEXICON.words("filler") | LEXICON.words("hedge") | LEXICON.words("strengths") | focus_of(question).words
    qualities = (LEXICON.words("adjectives") | LEXICON.words("qualities")) - known
    follows = hit.end < len(tokens) and not tokens[hit.end].gap and tokens[hit.end].text in qualities
    return follows and tokens[hit.end - 1].text in LEXICON.words("comparators")


def _is_part(question: Question, hit: Hit) -> bool:
    """Whether the option names a part of the body, which may belong to a longer name ("hand surgery")."""
    label = next(option.label for option in question.options if option.code == hit.code)
    return bool(set(words_of(label).split()) & LEXICON.words("body"))


def _said_to_us(tokens: Tokens, start: int, end: int, hit: Hit) -> bool:
    """ "que pase bien su día", "hope you are doing good": the clause speaks of the reader."""
    before = any(token.text in LEXICON.words("addressed") for token in tokens[start : hit.start])
    return before or any(token.text in LEXICON.words("addressed_possessives") for token in tokens[hit.end : end])


def _strengthens(tokens: Tokens, hit: Hit) -> bool:
    """ "bien poquito": a word that means good where it ends, and very before another describing word."""
    alone = hit.end - hit.start == 1 and tokens[hit.start].text in LEXICON.words("strengthening")
    follows = hit.end < len(tokens) and not tokens[hit.end].gap
    names = ("degree", "adjectives", "adverbs_of_degree", "qualities")
    return alone and follows and any(tokens[hit.end].text in LEXICON.words(name) for name in names)


def _may_follow(question: Question, word: str) -> bool:
    names = ("filler", "hedge", "right_ok", "degree", "contrast", "adjectives", "clause_openers")
    if any(word in LEXICON.words(name) for name in names):
        return True
    return word in focus_of(question).words and word not in LEXICON.words("body")


def _may_precede(question: Question, word: str) -> bool:
    """Known words that name no part of the body and no topic but the one asked about."""
    focus = focus_of(question)
    if word in focus.words:
        return True
    topics = {name for name in LEXICON.names("topic_") if word in LEXICON.words(name)}
    if word in LEXICON.words("body") or (topics and not topics & focus.topics):
        return False
    return word in LEXICON.known_words
