"""Pages of factor sets: who sees and does what, and that a refused form keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from accounts.tenancy import opened
from assessments import queries_factor_sets, services
from assessments.models import Assessment, FactorDraft, FactorSet, LegalTask, TaskAssessment
from tests.assessments.test_views import queries_of
from tests.conftest import Case
from tests.factor_sets import adopted, points, proposed, started, weighted

ClientFor = Callable[[User], Client]


@pytest.fixture
def owner(client_for: ClientFor, sample_closed: Case) -> Client:
    return client_for(sample_closed.owner)


@pytest.fixture
def counsel(client_for: ClientFor, sample_closed: Case) -> Client:
    return client_for(sample_closed.counsel)


def at(case: Case, name: str, **ids: Any) -> str:
    return reverse(f"assessments:{name}", kwargs={"organisation": case.slug, **ids})


def get(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    content: str = answer.content.decode()
    return content


def send(client: Client, url: str, body: Mapping[str, Any], status: int = 302) -> str:
    answer = client.post(url, body)
    assert answer.status_code == status, answer.content.decode()[:2_000]
    return answer.content.decode() if status != 302 else answer["Location"]


def drafted(case: Case, **weights: int) -> FactorDraft:
    with opened(case.organisation):
        return weighted(case, **(weights or {"STD": 20}))


def typed_points(draft: FactorDraft, **changed: str) -> dict[str, str]:
    given = points(draft)
    body = {f"weight-{code}": str(value) for code, value in given["weights"].items()}
    body |= {f"band-{code}": str(value) for code, value in given["bands"].items()}
    return (
        body | {"seen": draft.updated_at.isoformat()} | {k.replace("_", "-"): v for k, v in changed.items()}
    )


def test_the_whole_way_from_a_draft_to_the_next_version(
    sample_closed: Case, owner: Client, counsel: Client
) -> None:
    case = sample_closed
    assert "As shipped" in get(counsel, at(case, "factors"))
    assert "Start a new version" in get(owner, at(case, "factors"))
    assert "Start a new version" not in get(counsel, at(case, "factors"))
    assert send(owner, at(case, "draft_start"), {}) == at(case, "draft")
    assert "The draft changes nothing yet" in get(owner, at(case, "draft_effect"))
    with opened(case.organisation):
        draft = queries_factor_sets.open_draft()
    assert draft is not None
    send(owner, at(case, "draft_points"), typed_points(draft, weight_STD="40", band_PILOT="60"))
    gate = {"effect": "RETAIN", "factor_min-PRV": "3", "condition-2": "Ask the privacy officer"}
    send(owner, at(case, "draft_gate", code="G04"), gate | {"consent-2": "the privacy officer"})
    send(owner, at(case, "draft_gate_off", code="G14"), {"reason": "The company is not listed"})
    page = get(owner, at(case, "draft_effect"))
    assert "legal tasks would have another outcome" in page
    assert "G14 Material non-public information (law): The company is not listed" in page
    assert "Say why the factors" in send(owner, at(case, "draft_propose"), {"reason": " "}, 422)
    send(owner, at(case, "draft_propose"), {"reason": "Agreed by all"})
    assert "yourself" in get(owner, at(case, "draft_effect"))
    assert "Save weights" not in get(owner, at(case, "draft"))
    assert "proposed a new version: “Agreed by all”" in get(counsel, at(case, "factors"))
    assert "Say why it is adopted" in send(counsel, at(case, "draft_adopt"), {"comment": ""}, 422)
    assert send(counsel, at(case, "draft_adopt"), {"comment": "Fine"}) == at(case, "factors")
    page = get(counsel, at(case, "factors"))
    assert "Version 2 in force" in page
    assert "Proposed by Orla Owner, adopted by Carmen Counsel" in page
    assert "turned off" in page
    assert "tightened" in page
    assert "The company is not listed" in get(counsel, at(case, "gates"))
    assert "Version 1, replaced" in get(counsel, at(case, "factor_version", number=1))
    page = get(counsel, at(case, "factor_differences"))
    assert "12 points" in page
    assert "40 points" in page
    assert "They do not differ" in get(counsel, f"{at(case, 'factor_differences')}?before=2&after=2")
    assert counsel.get(f"{at(case, 'factor_differences')}?before=7").status_code == 404
    assert counsel.get(at(case, "draft")).status_code == 404


def test_wrong_numbers_come_back_beside_their_fields(sample_closed: Case, owner: Client) -> None:
    draft = drafted(sample_closed)
    body = typed_points(draft, weight_STD="many", weight_VOL="-3", band_PILOT="90", weight_GAP="7")
    page = send(owner, at(sample_closed, "draft_points"), body, 422)
    assert 'value="many"' in page
    assert 'id="fault-id_weight-STD"' in page
    assert 'value="7"' in page  # nothing of what was typed is lost
    body |= {"weight-STD": "20"}
    page = send(owner, at(sample_closed, "draft_points"), body, 422)
    assert "Enter points from 0 to 1,000." in page
    assert "Enter more than 90, where the band below starts." in page
    with opened(sample_closed.organisation):
        assert FactorDraft.objects.get().content == draft.content


def test_a_refused_gate_keeps_what_was_typed(sample_closed: Case, owner: Client) -> None:
    drafted(sample_closed)
    body = {
        "name": "Board papers", "rule": "", "effect": "CONDITION", "flags": ["mnpi"], "factor_min-STR": "4",
        "condition-1": "Ask the board", "consent-1": "the chair", "lawyer-1": "on", "condition-5": "x" * 301,
    }  # fmt: skip
    page = send(owner, at(sample_closed, "draft_gate_add"), body, 422)
    assert "Say in a sentence what the rule is." in page
    page = send(owner, at(sample_closed, "draft_gate_add"), body | {"rule": "Ask first."}, 422)
    assert "at most 300 fit" in page
    for kept in (
        'value="Board papers"',
        'value="mnpi" checked',
        'value="the chair"',
        'more-conditions" open',
    ):
        assert kept in page
    send(owner, at(sample_closed, "draft_gate_add"), body | {"rule": "Ask first.", "condition-5": ""})
    page = get(owner, at(sample_closed, "draft_gate", code="P01"))
    for kept in ('value="Ask the board"', 'value="the chair"', 'name="lawyer-1" checked'):
        assert kept in page


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"effect": "CONDITION", "factor_min-PRV": "5"}, "Choose one of the levels listed here."),
        ({"effect": "CONDITION", "factor_min-PRV": ""}, "The shipped gate fires on this factor"),
        ({"factor_min-PRV": "4"}, "Choose an effect."),
    ],
)
def test_the_form_of_a_shipped_gate_does_not_loosen_it(
    sample_closed: Case, owner: Client, body: dict[str, str], says: str
) -> None:
    draft = drafted(sample_closed)
    assert says in send(owner, at(sample_closed, "draft_gate", code="G04"), body, 422)
    with opened(sample_closed.organisation):
        assert FactorDraft.objects.get().content == draft.content


def test_an_older_page_of_the_draft_is_refused_in_words(sample_closed: Case, owner: Client) -> None:
    draft = drafted(sample_closed)
    with opened(sample_closed.organisation):
        weighted(sample_closed, draft, STD=21)
    page = send(owner, at(sample_closed, "draft_points"), typed_points(draft, weight_STD="33"), 422)
    assert "Somebody changed the draft after you opened this page." in page
    assert 'value="33"' in page
    answer = owner.post(at(sample_closed, "draft_gate_on", code="G01"), {"seen": "nonsense"}, follow=True)
    assert "is no gate that is turned off of this draft" in answer.content.decode()


def test_a_factor_that_fires_a_gate_says_so(sample_closed: Case, owner: Client) -> None:
    drafted(sample_closed)
    assert "Answers to this factor fire G11" in get(owner, at(sample_closed, "draft_factor", code="RDY"))
    page = send(
        owner, at(sample_closed, "draft_factor_add"), {"name": "Contact", "direction": "keeping"}, 422
    )
    assert "Say what level 3 means." in page
    assert 'value="Contact"' in page
    for name in ("draft_factor", "draft_gate", "draft_gate_off"):
        assert owner.get(at(sample_closed, name, code="NONE")).status_code == 404


def test_alone_a_gate_cannot_be_turned_off_and_the_page_says_why(twin: Case, client_for: ClientFor) -> None:
    client = client_for(twin.owner)
    drafted(twin)
    page = get(client, at(twin, "draft_gate_off", code="G04"))
    assert "takes two people" in page
    assert "Turn off in the draft" not in page
    assert "takes two people" in send(
        client, at(twin, "draft_gate_off", code="G04"), {"reason": "Alone"}, 422
    )
    send(client, at(twin, "draft_propose"), {"reason": "Alone here"})
    assert "Adopt version 2" in get(client, at(twin, "draft_effect"))
    send(client, at(twin, "draft_adopt"), {"comment": "Nobody else"})
    assert "who was the only owner or counsel" in get(client, at(twin, "factors"))


def test_others_neither_see_nor_find_them(sample_closed: Case, client_for: ClientFor) -> None:
    for user in (sample_closed.procurement, sample_closed.manager):
        client = client_for(user)
        assert client.get(at(sample_closed, "factors")).status_code == 403
        assert "Factors and gates" not in get(client, at(sample_closed, "tasks"))
    assert "Factors and gates" in get(client_for(sample_closed.counsel), at(sample_closed, "tasks"))


def test_a_finished_assessment_is_said_to_keep_its_set(sample_closed: Case, counsel: Client) -> None:
    with opened(sample_closed.organisation):
        Assessment.objects.filter(pk=sample_closed.assessment.pk).update(status=Assessment.Status.APPROVED)
        proposed(sample_closed, weighted(sample_closed, STD=90))
    assert "adopting it changes no task of that assessment" in get(counsel, at(sample_closed, "draft_effect"))
    send(counsel, at(sample_closed, "draft_adopt"), {"comment": "For next year"})
    assert "keeps version 1, with which it was decided" in get(counsel, at(sample_closed, "factors"))


def test_the_trail_tells_it_in_words(sample_closed: Case, counsel: Client) -> None:
    with opened(sample_closed.organisation):
        adopted(sample_closed, weighted(sample_closed, STD=40))
    page = get(counsel, reverse("audit:list", args=[sample_closed.slug]))
    for words in (
        "adopted factor set",
        "scored anew under a factor set",
        "STD: weight",
        "12 points",
        "40 points",
    ):
        assert words in page


# How much a page reads -------------------------------------------------------------------------------------


def test_pages_read_as_much_for_thirty_as_for_one(sample_closed: Case, counsel: Client) -> None:
    drafted(sample_closed)
    names = ("factors", "factor_differences", "draft", "draft_effect")
    before = {name: queries_of(counsel, at(sample_closed, name)) for name in names}
    with opened(sample_closed.organisation):
        content = queries_factor_sets.shipped()
        FactorSet.objects.bulk_create(
            FactorSet(version=number, name="More", content=content, adopted_by=sample_closed.counsel)
            for number in range(2, 31)
        )
        one = TaskAssessment.objects.all()[0]
        for number in range(30):
            task = LegalTask.objects.create(code=f"M{number}", name=f"More of it {number}")
            one.pk, one.legal_task, one._state.adding = None, task, True
            one.save()
        draft = FactorDraft.objects.get()
        for number in range(10):
            given = services.GateGiven("CONDITION", flags=["mnpi"], name=f"Own {number}", rule="Ask.")
            draft = services.set_gate(actor=sample_closed.owner, draft=draft, seen=None, given=given)
    assert {name: queries_of(counsel, at(sample_closed, name)) for name in names} == before


def test_a_member_who_joins_may_adopt(sample_closed: Case, client_for: ClientFor) -> None:
    """A second owner is as good as a counsel."""
    with opened(sample_closed.organisation):
        proposed(sample_closed, weighted(sample_closed, STD=40))
    second = User.objects.create_user("second@calderridge.example", "second second second")
    Membership.objects.create(user=second, organisation=sample_closed.organisation, role="owner")
    send(client_for(second), at(sample_closed, "draft_adopt"), {"comment": "Agreed"})


def test_a_draft_is_discarded(sample_closed: Case, owner: Client) -> None:
    with opened(sample_closed.organisation):
        draft = started(sample_closed)
    assert "Nothing yet" in get(owner, at(sample_closed, "draft"))
    send(owner, at(sample_closed, "draft_discard"), {"seen": draft.updated_at.isoformat()})
    assert owner.get(at(sample_closed, "draft")).status_code == 404
