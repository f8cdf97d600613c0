"""Addresses of a case: ranking, records, bids, comparison; below /o/<organisation>/."""

from django.urls import path

from selections import urls_bids, views, views_records

app_name = "selections"

urlpatterns = [
    path("selection/<int:pk>/ranking/", views.ranking, name="ranking"),
    path("selection/<int:pk>/ranking.csv", views.ranking_csv, name="ranking_csv"),
    path("selection/<int:pk>/why/<int:bid_pk>/<str:code>/", views.why, name="why"),
    path("selection/<int:pk>/keep/", views.keep, name="keep"),
    path("selection/<int:pk>/privilege/", views.privilege, name="privilege"),
    path("selection/<int:pk>/records/<int:number>/", views_records.record, name="record"),
    path("selection/<int:pk>/records/<int:number>/file/", views_records.record_file, name="record_file"),
    *urls_bids.urlpatterns,
]
