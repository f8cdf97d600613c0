"""What pages outside the account pages need to know about signing in."""

from django import template

from accounts.signin.oidc_provider import name_if_set_up

register = template.Library()


@register.simple_tag
def company_signin() -> str:
    """Give the name of the company's own sign-in; empty where there is none."""
    return name_if_set_up()
