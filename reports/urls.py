"""Addresses of reports, below /o/<organisation>/."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.report_list, name="list"),
    path("reports/suitability/", views.ask_suitability, name="ask_suitability"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("reports/<int:pk>/download/", views.download, name="download"),
    path("reports/<int:pk>/record/", views.record, name="record"),
    path("reports/<int:pk>/workbook/", views.workbook, name="workbook"),
]
