"""Addresses. Everything of an organisation lives under /o/<organisation>/."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from lpo import views

ORGANISATION = "o/<slug:organisation>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("accounts/", include("accounts.urls")),
    path("join/", include("accounts.urls_join")),
    path(ORGANISATION, views.case, name="case"),
    path(f"{ORGANISATION}search/", views.search, name="search"),
    path(ORGANISATION, include("assessments.urls")),
    path(ORGANISATION, include("providers.urls")),
    path(ORGANISATION, include("selections.urls")),
    path(ORGANISATION, include("reports.urls")),
    path(ORGANISATION, include("accounts.urls_people")),
    path(ORGANISATION, include("lpo.trail.urls")),
]

if settings.COMPONENTS_PAGE:
    urlpatterns.append(path("components/", include("lpo.components.urls")))

handler400 = "lpo.errors.unreadable"
handler403 = "lpo.errors.forbidden"
handler404 = "lpo.errors.missing"
handler500 = "lpo.errors.broken"
