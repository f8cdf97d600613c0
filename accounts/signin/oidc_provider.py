"""The company's own sign-in (OpenID Connect): one provider, set by environment variables.

allauth speaks the protocol (code flow, PKCE, state). Added here: signature, issuer, audience, age and nonce
of the ID token are checked although it came straight from the provider, the discovery document must name the
issuer that was set, and the user information must be about the person of the ID token.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare

# Signed with a private key of the provider; never a shared secret, never unsigned.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
CLOCKS_APART_SECONDS = 60
UID_LIMIT = 191  # characters, as the column has
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class NotProvenError(OAuth2Error):  # type: ignore[misc]  # allauth ships no types
    """What the provider sent does not hold; the message is ours and may be logged."""


def is_set_up() -> bool:
    """Say whether this installation has a sign-in of the company's own."""
    return bool(settings.OIDC_ISSUER)


def name_if_set_up() -> str:
    """Give the name for its button, or nothing where there is none."""
    return str(settings.OIDC_NAME) if is_set_up() else ""


def configured_app() -> SocialApp:
    """Give the provider as allauth knows it: not a row, the settings alone decide.

    Connected accounts are kept under the issuer, so that another provider never inherits them.
    """
    return SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=settings.OIDC_ISSUER,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        settings={"server_url": settings.OIDC_ISSUER.rstrip("/"), "oauth_pkce_enabled": True},
    )


def is_private_line(address: str) -> bool:
    """Say whether nobody can listen on the way to an address: HTTPS, or this very machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


class OidcAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """One exchange with the provider."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's description of itself; raises ``NotProvenError`` where it is not to be trusted."""
        config = super().openid_config
        if not isinstance(config, dict) or config.get("issuer") != settings.OIDC_ISSUER:
            raise NotProvenError("the discovery document names another issuer")
        named = [str(config.get(name, "")) for name in ENDPOINTS]
        if "userinfo_endpoint" in config:
            named.append(str(config["userinfo_endpoint"]))
        if not all(is_private_line(address) for address in named):
            raise NotProvenError("the discovery document lacks an address, or one is not HTTPS")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Where the provider sends people back to."""
        return str(build_absolute_uri(request, reverse("oidc_callback"), self.redirect_uri_protocol))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Read who signed in; raises ``NotProvenError`` for anything that is not proven."""
        claims = self._decode_id_token(app, kwargs["response"].get("id_token", ""))
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= UID_LIMIT:
            raise NotProvenError("the ID token names nobody")
        if not {"email", "email_verified"} <= claims.keys() and "userinfo_endpoint" in self.openid_config:
            told = self._fetch_user_info(token.token)
            if not isinstance(told, dict) or told.get("sub") != claims["sub"]:
                raise NotProvenError("the user information is about somebody else")
            claims = {**claims, **{key: told.get(key) for key in ("email", "email_verified", "name")}}
        if not isinstance(claims.get("email"), str):
            claims["email"] = None
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Take the access token for this one exchange; nothing of it is kept."""
        return SocialToken(token=str(data["access_token"]))

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        return read_id_token(id_token, keys=answer.json(), client_id=app.client_id, nonce=self.nonce)


def read_id_token(sent: str, *, keys: Any, client_id: str, nonce: str) -> dict[str, Any]:
    """Give the claims of an ID token; raises ``NotProvenError`` unless each of its promises holds."""
    try:
        key = _signing_key(keys, jwt.get_unverified_header(sent).get("kid"))
        claims: dict[str, Any] = jwt.decode(
            sent,
            key=key,
            algorithms=sorted(ALGORITHMS & {str(key.algorithm_name)}),
            audience=client_id,
            issuer=settings.OIDC_ISSUER,
            leeway=CLOCKS_APART_SECONDS,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError) as unproven:
        raise NotProvenError(f"the ID token does not hold: {type(unproven).__name__}") from unproven
    if not nonce or not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise NotProvenError("the ID token is not the answer to this sign-in")
    if claims.get("azp", client_id) != client_id:
        raise NotProvenError("the ID token was made for another client")
    return claims


def _signing_key(keys: Any, kid: Any) -> jwt.PyJWK:
    known = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in {None, "sig"}]
    fitting = [key for key in known if key.key_id == kid] if kid is not None else known
    if len(fitting) != 1:
        raise NotProvenError("the ID token is signed with a key that the provider does not name")
    return fitting[0]


class OidcProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth ships no types
    """The provider; nothing in the address of a request changes what is asked of it."""

    oauth2_adapter_class = OidcAdapter
    pkce_enabled_default = True

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        """Where signing in starts."""
        return reverse("oidc_login")

    def get_callback_url(self) -> str:
        """Where the provider sends people back to."""
        return reverse("oidc_callback")

    def redirect_from_request(self, request: HttpRequest) -> HttpResponse:
        """Send to the provider with a fresh nonce, state and PKCE challenge."""
        nonce = secrets.token_urlsafe(32)
        answer: HttpResponse = self.redirect(
            request,
            process=AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": nonce},
            nonce=nonce,
        )
        return answer

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """What is kept of the provider's answer: nothing that we do not show."""
        return {"email": data["id_token"].get("email")}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """The address counts as verified where the provider says so, as a boolean or as the word."""
        addresses = super().extract_email_addresses(data)
        for address in addresses:
            said = data["id_token"].get("email_verified")
            address.verified = said is True or said == "true"
        return list(addresses)


class Callback(OAuth2CallbackView):  # type: ignore[misc]  # allauth ships no types
    """The way back from the provider; hands the nonce of this sign-in to the check of the ID token."""

    def _get_state(self, request: HttpRequest, provider: OidcProvider) -> Any:
        state, refusal = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, refusal
