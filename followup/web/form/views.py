"""The pages behind a one-time link: who is it, one question at a time, and the end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinics.core.actor import Actor
from followup.core.form import MOST_GUESSES, PHONE_DIGITS, Standing, birth_date
from followup.models import Conversation, FollowUp, FormLink
from followup.operations.asking import Asking
from followup.operations.guesses import count_guess, is_refused
from followup.operations.take_web_form import Sent, Taken, catch_up, enter, take_answer
from followup.queries.forms import form_link, standing_of, words_kept
from followup.web.form.controls import Shown, fault_words, key_to_show, shown
from followup.web.form.proof import give_proof, has_proof, private
from followup.web.form.wording import Words, other, spoken
from privacy.addresses import address_hash
from privacy.sensitive import Sensitive
from surveys.core.choosing import NotChosen, chosen, in_words
from surveys.core.conversation import NotWithin, State, pass_over
from surveys.core.definition import SurveyDefinition
from surveys.core.wording import LANGUAGES, Voice
from surveys.queries import definition_of

OVER_STATUS = {Standing.DONE: 200, Standing.HELD: 200}
GONE = 410
CALM = "SAFE-WATCH"


@dataclass(frozen=True)
class Visit:
    """One request to a link that exists."""

    request: HttpRequest
    link: FormLink
    path: str

    @cached_property
    def follow_up(self) -> FollowUp:
        """What is asked."""
        return self.link.follow_up

    @cached_property
    def conversation(self) -> Conversation:
        """Where the patient is; both channels share it."""
        conversation = Conversation.objects.get(follow_up=self.follow_up)
        conversation.follow_up = self.follow_up
        return conversation

    @cached_property
    def state(self) -> State:
        """The engine's own view of it."""
        return Asking(self.conversation, self.follow_up, timezone.now()).state

    @cached_property
    def survey(self) -> SurveyDefinition:
        """The pinned version."""
        if self.follow_up.survey_version_id is None:
            raise ValueError("An opened follow-up has a version.")
        return definition_of(self.follow_up.survey_version_id)

    @cached_property
    def language(self) -> str:
        """That of the page: the one asked for, or the conversation's."""
        asked = self.request.POST.get("lang") or self.request.GET.get("lang") or ""
        return asked if asked in self.languages else spoken(self.state.language)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """What the form can be read in: what the survey has been written in."""
        return tuple(each for each in LANGUAGES if each in self.survey.languages)

    @cached_property
    def voice(self) -> Voice:
        """The clinic in that language."""
        clinic = self.follow_up.clinic
        return Voice(clinic_name=clinic.short_name, clinic_phone=clinic.phone, language=self.language)

    @cached_property
    def words(self) -> Words:
        """The form's own words in that language."""
        return Words(self.voice)

    @cached_property
    def standing(self) -> Standing:
        """What the link still opens."""
        return standing_of(self.link, self.conversation, timezone.now())

    @property
    def address(self) -> str:
        """Where the request came from, hashed."""
        return address_hash(self.request.META.get("REMOTE_ADDR", ""))

    def page(self, name: str, status: int = 200, **context: Any) -> HttpResponse:
        """One page of the form."""
        everywhere = {
            "words": self.words,
            "clinic": self.follow_up.clinic,
            "path": self.path,
            "language": self.language,
            "other": other(self.language) if len(self.languages) > 1 else "",
            "notice": self.voice.say("SVC-NOTMON"),
        }
        return render(self.request, f"form/{name}.html", everywhere | context, status=status)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, token: str) -> HttpResponse:
    """Whatever is sent to or asked of a link. A GET changes nothing and shows nothing before the patient is known."""
    link = form_link(token)
    known = link is not None and has_proof(request, link)
    address = address_hash(request.META.get("REMOTE_ADDR", ""))
    if not known and is_refused(address, now=timezone.now()):
        return _nameless(request, "refused", 429)
    if link is None:
        count_guess(address, now=timezone.now())
        return _nameless(request, "unknown", 404)
    visit = Visit(request, link, reverse("form", kwargs={"token": token}))
    if not known:
        return _at_the_door(visit)
    response = _sent(visit) if request.method == "POST" and "question" in request.POST else _look(visit)
    if request.method != "POST" or response.status_code < 400:
        _stay(visit, response)
    return response


def _stay(visit: Visit, response: HttpResponse) -> None:
    """Using the form keeps it open; a page that was sent late is taken, but does not open it again."""
    fresh = HttpRequest()
    fresh.COOKIES, fresh.method = visit.request.COOKIES, "GET"
    if has_proof(fresh, visit.link):
        give_proof(visit.path, response, visit.link)


def _nameless(request: HttpRequest, name: str, status: int) -> HttpResponse:
    """A page for whoever has no link of ours: in the browser's language and without anybody's name."""
    accepted = request.headers.get("Accept-Language", "")[:2].lower()
    words = Words(Voice("", "", spoken(accepted)))
    context = {"words": words, "language": words.language, "title": words[f"{name}_title"], "text": words[name]}
    return render(request, "form/nameless.html", context, status=status)


# -- who is it --------------------------------------------------------------------------------------------------------


def _at_the_door(visit: Visit) -> HttpResponse:
    """Ask who it is; a link that opens nothing any more says so instead."""
    if visit.standing not in {Standing.OPEN, Standing.HELD}:
        return _over(visit, is_known=False)
    if visit.request.method != "POST":
        return _door(visit)
    answer = _typed_secret(visit)
    if answer is None:
        return _door(visit, "unreadable", 422)
    now = timezone.now()
    by = Actor("patient", str(visit.follow_up.patient_id), ip=visit.request.META.get("REMOTE_ADDR") or None)
    if enter(link=visit.link, answer=answer, address=visit.address, by=by, now=now):
        response = _back(visit)
        give_proof(visit.path, response, visit.link)
        return response
    again = Visit(visit.request, FormLink.objects.select_related("follow_up__clinic").get(pk=visit.link.pk), visit.path)
    return _door(again, "wrong", 403) if again.standing in {Standing.OPEN, Standing.HELD} else _over(again, False)


def _door(visit: Visit, fault: str = "", status: int = 200) -> HttpResponse:
    kind = _kind_of_secret(visit)
    left = MOST_GUESSES - visit.link.wrong_guesses
    problem = visit.words.say(f"{fault}_{kind}", left=left) if fault else ""
    parts = ["month", "day", "year"] if visit.language == "en" else ["day", "month", "year"]
    typed = {name: visit.request.POST.get(name, "")[:4] for name in parts}
    fields = [(name, visit.words[name], 4 if name == "year" else 2, typed[name]) for name in parts]
    return visit.page("door", status, kind=kind, fields=fields, problem=problem, digits=PHONE_DIGITS)


def _kind_of_secret(visit: Visit) -> str:
    return "birth" if visit.follow_up.patient.date_of_birth else "phone"


def _typed_secret(visit: Visit) -> str | None:
    """What was typed to show who it is, or None where it cannot be read and so is no guess."""
    typed = {name: visit.request.POST.get(name, "").strip() for name in ("year", "month", "day", "digits")}
    if _kind_of_secret(visit) == "birth":
        born = birth_date(typed["year"], typed["month"], typed["day"])
        return born.isoformat() if born else None
    digits = typed["digits"]
    return digits if len(digits) == PHONE_DIGITS and digits.isascii() and digits.isdigit() else None


def _back(visit: Visit) -> HttpResponse:
    """To the same link, which shows what comes next, in the language of the page."""
    suffix = "" if visit.language == visit.state.language else f"?lang={visit.language}"
    return redirect(visit.path + suffix)


# -- questions --------------------------------------------------------------------------------------------------------


def _look(visit: Visit) -> HttpResponse:
    """The open question, or the one that the patient went back to."""
    if visit.standing is not Standing.OPEN:
        return _over(visit, is_known=True)
    if pass_over(visit.survey, visit.state, voice=visit.voice) is not None:
        catch_up(link=visit.link, now=timezone.now())
        return redirect(visit.path)
    key = key_to_show(visit.survey, visit.state, visit.request.GET.get("q", ""))
    if key is None:
        return _over(visit, is_known=True)
    return _question(visit, key)


def _question(visit: Visit, key: str, *, fault: NotChosen | None = None, typed: str = "") -> HttpResponse:
    question = visit.survey.question(key)
    if question.type == "text" and not typed:
        typed = words_kept(visit.follow_up, key)
    context: dict[str, Any] = {
        "shown": shown(visit.survey, visit.state, key, visit.voice, typed),
        "revision": visit.conversation.revision,
        "problem": fault_words(fault, question, visit.words) if fault else "",
        "safety": _safety(visit),
    }
    return visit.page("question", 422 if fault else 200, **(context | _notes(visit, context["shown"])))


def _safety(visit: Visit) -> list[tuple[bool, str]]:
    """The safety texts that this form has set off, each with whether it is one of the calm ones."""
    return [(text == CALM, visit.voice.say(text)) for text in visit.link.safety_texts]


def _notes(visit: Visit, about: Shown) -> dict[str, Any]:
    """Where the patient is, and what they chose before."""
    note = ""
    if about.is_confirming:
        value = in_words(about.question, visit.state.answers[about.question.key], visit.language)
        note = visit.words.say("again", value=value)
    elif about.is_answered:
        note = visit.words["changing"]
    progress = visit.words.say("progress_branched" if about.is_branched else "progress", n=about.place, most=about.most)
    hint = visit.words.say("number_hint", min=about.question.min, max=about.question.max)
    return {"note": note, "progress": progress, "hint": hint if about.kind == "number" else ""}


def _sent(visit: Visit) -> HttpResponse:
    """Take one answer and go on."""
    post = visit.request.POST
    question = next((each for each in visit.survey.questions if each.key == post["question"]), None)
    if question is None or not post.get("revision", "").isdecimal():
        return _look(visit)
    given = post.getlist("answer")
    try:
        value = None if "skip" in post else chosen(question, given, visit.language)
        taken = take_answer(
            link=visit.link,
            sent=Sent(
                question=question.key,
                value=value,
                shown=Sensitive(in_words(question, value, visit.language)),
                words=question.type == "text" and value is not None,
                revision=int(post["revision"][:9]),
                language=visit.language,
            ),
            now=timezone.now(),
        )
    except NotChosen as fault:
        return _question(visit, question.key, fault=fault, typed=given[0] if len(given) == 1 else "")
    except NotWithin:
        return _question(visit, question.key, fault=NotChosen("empty"))
    if taken is Taken.STALE:
        return _stale(visit)
    return redirect(visit.path)


def _stale(visit: Visit) -> HttpResponse:
    """Another page or a text was first; nothing was changed."""
    return visit.page("stale", 409, title=visit.words["stale_title"], text=visit.words["stale"])


# -- the end ----------------------------------------------------------------------------------------------------------


def _over(visit: Visit, is_known: bool) -> HttpResponse:
    """Nothing more is asked. What it was about, and safety texts, show themselves to the patient only."""
    name = "paused" if visit.standing is Standing.HELD else visit.standing.value
    text = visit.voice.say("SVC-DONE") if visit.standing is Standing.DONE else visit.words[name]
    safety = _safety(visit) if is_known else []
    status = OVER_STATUS.get(visit.standing, GONE)
    return visit.page("over", status, title=visit.words[f"{name}_title"], text=text, safety=safety)
