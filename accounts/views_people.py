"""Who belongs here: invite, change a role, remove, leave. Only owners, but anybody may leave."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms_people import InviteForm, OrganisationForm, RoleForm
from accounts.http import OrgRequest, member_view
from accounts.models import Invitation, Membership
from accounts.queries_people import people as people_query
from accounts.roles import CAN
from accounts.services.invitations import VALID_FOR, NewInvitation

READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@READ_AND_WRITE
@member_view(can="manage")
def people(request: OrgRequest) -> HttpResponse:
    """Show members and open invitations, and take a new invitation."""
    form = InviteForm(request.POST or None)
    made = form.save_by(lambda data: services.invite(actor=request.user, **data))
    if isinstance(made, NewInvitation):
        return _link(request, made)
    page = {
        "form": form,
        "people": people_query(organisation=request.organisation, me=request.user),
        "days": VALID_FOR.days,
    }
    return render(request, "people/people.html", page, status=422 if form.errors else 200)


@READ_AND_WRITE
@member_view(can="manage")
def role(request: OrgRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    member = _member(request, pk)
    form = RoleForm(request.POST or None, initial={"role": member.role})
    revoked = form.save_by(lambda data: services.change_role(actor=request.user, membership=member, **data))
    if isinstance(revoked, int):
        member.refresh_from_db()
        now = f"{member.user} is {member.get_role_display()} from now on."
        return _back(request, f"{now}{_revoked_too(revoked)}")
    page = {"form": form, "member": member, "is_me": member.user == request.user}
    return _piece(request, "role", page, is_refused=bool(form.errors))


@READ_AND_WRITE
@member_view(can="manage")
def remove(request: OrgRequest, pk: int) -> HttpResponse:
    """Ask, then end a membership."""
    member = _member(request, pk)
    error = ""
    if request.method == "POST":
        try:
            revoked = services.remove_member(actor=request.user, membership=member)
        except ValidationError as refused:
            error = refused.messages[0]
        else:
            return _back(request, f"{member.user} is no longer a member.{_revoked_too(revoked)}")
    return _piece(request, "remove", {"member": member, "error": error}, is_refused=bool(error))


@READ_AND_WRITE
@member_view(can="leave")
def leave(request: OrgRequest) -> HttpResponse:
    """Ask, then end one's own membership."""
    error = ""
    if request.method == "POST":
        try:
            services.leave(actor=request.user)
        except ValidationError as refused:
            error = refused.messages[0]
        else:
            messages.success(request, f"You left {request.organisation.name}.")
            return redirect("home")
    return render(request, "people/leave.html", {"error": error}, status=422 if error else 200)


@require_POST
@member_view(can="manage")
def renew(request: OrgRequest, pk: int) -> HttpResponse:
    """Make a fresh link in the place of one that was lost or has expired."""
    try:
        return _link(request, services.renew(actor=request.user, invitation=_invitation(request, pk)))
    except ValidationError as refused:
        return _back(request, refused.messages[0], is_error=True)


@READ_AND_WRITE
@member_view(can="manage")
def revoke(request: OrgRequest, pk: int) -> HttpResponse:
    """Ask, then stop a link from working."""
    invitation = _invitation(request, pk)
    if request.method != "POST":
        return _piece(request, "revoke", {"invitation": invitation})
    try:
        services.revoke(actor=request.user, invitation=invitation)
    except ValidationError as refused:
        return _back(request, refused.messages[0], is_error=True)
    return _back(request, f"The link of {invitation.email} no longer works.")


@READ_AND_WRITE
@member_view(can="manage")
def organisation(request: OrgRequest) -> HttpResponse:
    """Set the name, the time zone and the head office."""
    here = request.organisation
    initial = {"name": here.name, "time_zone": here.time_zone, "head_office": here.head_office}
    form = OrganisationForm(request.POST or None, initial=initial)
    if form.save_by(lambda data: services.change_organisation(actor=request.user, **data)):
        return _back(request, "Organisation saved.")
    return render(request, "people/organisation.html", {"form": form}, status=422 if form.errors else 200)


def _link(request: OrgRequest, made: NewInvitation) -> HttpResponse:
    """Show the link, this once: a redirect would have to keep the token somewhere."""
    link = request.build_absolute_uri(reverse("join_link", args=[made.token]))
    page = {"invitation": made.invitation, "link": link, "days": VALID_FOR.days}
    return render(request, "people/link.html", page)


def _member(request: OrgRequest, pk: int) -> Membership:
    rows = Membership.objects.select_related("user").filter(organisation=request.organisation)
    return get_object_or_404(rows, pk=pk)


def _invitation(request: OrgRequest, pk: int) -> Invitation:
    """Find an open invitation of this organisation; a closed one is no longer there."""
    return get_object_or_404(Invitation.objects.open().filter(organisation=request.organisation), pk=pk)


def _piece(request: OrgRequest, name: str, page: dict[str, Any], *, is_refused: bool = False) -> HttpResponse:
    """Answer a dialog with the piece, a browser with the page around it."""
    in_dialog = bool(request.headers.get("X-Dialog"))
    template = f"people/_{name}.html" if in_dialog else f"people/{name}.html"
    return render(request, template, {**page, "in_dialog": in_dialog}, status=422 if is_refused else 200)


def _back(request: OrgRequest, text: str, *, is_error: bool = False) -> HttpResponse:
    (messages.error if is_error else messages.success)(request, text)
    if not _still_manages(request):  # the owner has just changed or ended their own membership
        return redirect("home")
    return redirect("people:people", organisation=request.organisation.slug)


def _still_manages(request: OrgRequest) -> bool:
    mine = Membership.objects.filter(user=request.user, organisation=request.organisation)
    return mine.filter(role__in=CAN["manage"]).exists()


def _revoked_too(number: int) -> str:
    if not number:
        return ""
    were = "1 invitation was" if number == 1 else f"{number} invitations were"
    return f" {were} revoked too: links that they made."
