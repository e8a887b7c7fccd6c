"""`manage.py read_replies` line by line, without its process."""

import json

import pytest

from surveys.core.replies.cases import BadCase
from surveys.management.commands.read_replies import answer_to, answers

SCALE = {"type": "scale", "text": "How bad is your pain right now?", "min": 0, "max": 10}


def test_answers_gives_one_line_for_each_case_and_goes_on_after_a_bad_one() -> None:
    good = json.dumps({"id": "a", "lang": "en", "question": SCALE, "reply": "about a 7"}).encode()
    lines = list(answers([good, b"\n", b"not json\n", good]))
    assert [number for number, _, _ in lines] == [1, 3, 4]
    assert json.loads(lines[0][1]) == {"id": "a", "kind": "answer", "value": 7, "flags": [], "confidence": 0.98}
    assert "not JSON" in lines[1][2]


@pytest.mark.parametrize(
    ("case", "named"),
    [
        ({"lang": "en", "question": SCALE}, "reply must be a string"),
        ({"lang": "xx", "question": SCALE, "reply": "7"}, "lang must be one of"),
        ({"lang": "en", "reply": "7"}, "question is missing"),
        ({"lang": "en", "question": {"type": "dance"}, "reply": "7"}, "question.type must be one of"),
        ({"lang": "en", "question": {**SCALE, "min": "0"}, "reply": "7"}, "question.min must be a number"),
        ({"lang": "en", "question": {**SCALE, "options": [1]}, "reply": "7"}, "question.options must be a list"),
        ({"lang": "en", "question": SCALE, "reply": "7", "now": "noon"}, "now must be a local date"),
        ({"lang": "en", "question": SCALE, "reply": "7", "previous": 5}, "previous must be an object"),
        ([], "must be an object"),
    ],
)
def test_answer_to_names_what_is_wrong_with_a_case(case: object, named: str) -> None:
    with pytest.raises(BadCase, match=named):
        answer_to(json.dumps(case).encode())


def test_answer_to_writes_lists_and_lone_surrogates_as_plain_json() -> None:
    options = [{"code": "1", "label": "Nausea"}, {"code": "2", "label": "Headache"}]
    case = {
        "id": "\ud800",
        "lang": "en",
        "question": {"type": "multi_choice", "text": "Which?", "options": options},
        "reply": "1 and 2",
    }
    assert json.loads(answer_to(json.dumps(case).encode()))["value"] == ["1", "2"]
