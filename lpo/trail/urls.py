"""Addresses of the audit trail, below /o/<organisation>/."""

from django.urls import path

from lpo.trail import views

app_name = "audit"

urlpatterns = [
    path("audit/", views.trail, name="list"),
    path("audit/audit-trail.csv", views.trail_csv, name="csv"),
    path("audit/audit-trail.jsonl", views.trail_jsonl, name="jsonl"),
]
