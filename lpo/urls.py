"""Addresses. Everything of an organisation lives under /o/<organisation>/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
