"""Who may come in by the company's own sign-in. Everybody else sees a plain page that says what to do."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.backends import EmailBackend
from accounts.models import Invitation, User
from accounts.services import invitations
from accounts.signin.log import note
from accounts.signin.oidc_provider import NotProvenError, OidcProvider, configured_app, is_set_up
from accounts.signin.sessions import end_sessions

JOINING = "joining_invitation"  # session key, set by the page of an invitation

FAILED = (
    "The answer of the other side could not be trusted, or the sign-in was cancelled or too old. Start again."
)
UNVERIFIED = (
    "It did not tell a verified e-mail address for you. Ask the people who run it to confirm your address."
)
UNKNOWN = (
    "There is no account for your e-mail address here. Ask an owner of your organisation for an invitation."
)
CLOSED = "This account is closed. Ask an owner of your organisation to open it again."
OTHER_PERSON = "Your e-mail address belongs to an account that is connected with another person there. "
OTHER_PERSON += "If that was you, ask the people who run this server for a link that sets a password; then "
OTHER_PERSON += "disconnect it on the page of your account."
COMPANY_ONLY = "You come in by the company's sign-in from now on. The password you had here no longer works."
MEANWHILE = "Your account or your invitation changed in this very moment. Start again."


def refused(request: HttpRequest, why: str, *, event: str, user_pk: int | None = None) -> HttpResponse:
    """The plain page that says why nobody was signed in."""
    note(
        "company sign-in refused",
        request=request,
        user_pk=user_pk,
        is_failure=True,
        detail=f"because={event}",
    )
    return render(request, "socialaccount/refused.html", {"why": why, "name": settings.OIDC_NAME}, status=403)


class OidcDoor(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts by verified e-mail once, by the provider's id from then on; invited people; nobody else."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one provider of the settings; rows in the database never add another."""
        return [configured_app()] if is_set_up() else []

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> OidcProvider:
        """Give our provider; raises ``SocialApp.DoesNotExist`` where none is set."""
        return OidcProvider(request, app=self.get_app(request, provider=provider))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Answer every failed exchange with our page; what failed is in the log alone."""
        fault = kwargs.get("exception")
        if fault is None:
            event = str(kwargs.get("error") or "no such sign-in was started")
        else:  # what others put into their errors may be secret
            event = str(fault) if isinstance(fault, NotProvenError) else type(fault).__name__
        raise ImmediateHttpResponse(refused(request, FAILED, event=event))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in, connect, or refuse."""
        if sociallogin.is_existing:
            self._let_in(request, sociallogin.user)
            return
        email = _verified_email(sociallogin)
        if email is None:
            raise ImmediateHttpResponse(refused(request, UNVERIFIED, event="no verified e-mail"))
        user = User.objects.filter(email=email).first()
        if user is not None:
            self._let_in(request, user)
            self._connect(request, sociallogin, user)
        elif _invitation(request, email) is None:
            raise ImmediateHttpResponse(refused(request, UNKNOWN, event="no account"))

    def _let_in(self, request: HttpRequest, user: Any) -> None:
        if not EmailBackend().user_can_authenticate(user):
            raise ImmediateHttpResponse(refused(request, CLOSED, event="account closed", user_pk=user.pk))

    def _connect(self, request: HttpRequest, sociallogin: SocialLogin, user: User) -> None:
        if SocialAccount.objects.filter(user=user, provider=sociallogin.account.provider).exists():
            answer = refused(request, OTHER_PERSON, event="another id", user_pk=user.pk)
            raise ImmediateHttpResponse(answer)
        try:
            with transaction.atomic():
                sociallogin.connect(request, user)
                _forget_password(request, user)
        except IntegrityError as race:
            answer = refused(request, MEANWHILE, event="race", user_pk=user.pk)
            raise ImmediateHttpResponse(answer) from race

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Open for the person whose invitation is in this session, and for nobody else."""
        email = _verified_email(sociallogin)
        return email is not None and _invitation(request, email) is not None

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """Fill in what our accounts have: an e-mail address in lower case, and a name."""
        user = sociallogin.user
        user.email = str(data.get("email") or "").lower()
        user.name = " ".join(str(data.get("name") or "").split())[:120]
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """Create the account of an invited person and use the invitation up, both or neither."""
        invitation = _invitation(request, sociallogin.user.email)
        try:
            with transaction.atomic():
                user = super().save_user(request, sociallogin, form)
                if invitation is None:
                    raise invitations.InvitationGoneError
                invitations.accept(invitation=invitation, user=user)
        except (invitations.InvitationGoneError, ValidationError, IntegrityError) as race:
            raise ImmediateHttpResponse(refused(request, MEANWHILE, event="race")) from race
        request.session.pop(JOINING, None)
        note("joined by company sign-in", request=request, user_pk=user.pk)
        return user


def _forget_password(request: HttpRequest, user: User) -> None:
    """End the password and the sessions from before the first use of the company's sign-in.

    Nobody proved the address when the account was made: whoever opened the invitation first chose the
    password. The provider has proved it now, so what a stranger may have set up must not open the account any
    longer. A second factor stays asked for: whoever can make the provider lie does not get past it.
    """
    if not user.has_usable_password():
        return
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user=user)
    note("password ended by company sign-in", request=request, user_pk=user.pk)
    messages.info(request, COMPANY_ONLY)


def _verified_email(sociallogin: SocialLogin) -> str | None:
    verified = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
    return verified[0] if verified else None


def _invitation(request: HttpRequest, email: str) -> Invitation | None:
    invitation = invitations.live(request.session.get(JOINING))
    return invitation if invitation is not None and invitation.email == email else None
