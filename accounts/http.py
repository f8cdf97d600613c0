"""The one door of every page: who is asking, for which organisation, and may they."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts.models import Membership, Organisation, User
from accounts.roles import CAN, may
from accounts.tenancy import opened

P = ParamSpec("P")


class OrgRequest(HttpRequest):
    """A request of a member inside one organisation (what ``member_view`` hands to a view)."""

    user: User
    htmx: HtmxDetails
    organisation: Organisation
    membership: Membership

    def may(self, action: str) -> bool:
        """Say whether the member may do an action of ``accounts.roles.CAN``."""
        return may(self.membership.role, action)


def member_view(
    *, can: str
) -> Callable[[Callable[Concatenate[OrgRequest, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let members with a role that may ``can`` through; 404 for outsiders, 403 for the wrong role.

    The URL must carry ``organisation`` (the slug); it is consumed here. The organisation is open, and its
    time zone in force, until the view returns: a view must return a rendered response, not a lazy one.
    """
    if can not in CAN:
        raise KeyError(f"{can!r} is not an action of accounts.roles.CAN")

    def decorate(
        view: Callable[Concatenate[OrgRequest, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        @login_required
        def guarded(request: Any, organisation: str, **kwargs: Any) -> HttpResponseBase:
            membership = _membership(request.user, organisation)
            if not may(membership.role, can):
                raise PermissionDenied
            request.organisation = membership.organisation
            request.membership = membership
            request.may = lambda action: may(membership.role, action)
            zone = membership.organisation.time_zone
            with opened(membership.organisation), timezone.override(zone):
                # The URL fills the view's own parameters, which no type can know here.
                return view(request, **kwargs)  # type: ignore[call-arg]

        guarded.required_action = can  # type: ignore[attr-defined]  # read by the wall test
        return guarded

    return decorate


def _membership(user: User, slug: str) -> Membership:
    try:
        return Membership.objects.select_related("organisation").get(user=user, organisation__slug=slug)
    except Membership.DoesNotExist as missing:
        raise Http404 from missing
