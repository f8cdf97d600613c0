"""Addresses of the provider pages, below /o/<organisation>/."""

from django.urls import path

from providers import views, views_edit

app_name = "providers"

urlpatterns = [
    path("providers/", views.provider_list, name="list"),
    path("providers/providers.csv", views.provider_csv, name="csv"),
    path("providers/add/", views_edit.add, name="add"),
    path("providers/<int:pk>/", views.profile, name="profile"),
    path("providers/<int:pk>/history/", views.history, name="history"),
    path("providers/<int:pk>/edit/", views_edit.edit, name="edit"),
    path("providers/<int:pk>/sites/add/", views_edit.site, name="add_site"),
    path("providers/<int:pk>/sites/<int:site_pk>/", views_edit.site, name="site"),
    path("providers/<int:pk>/sites/<int:site_pk>/remove/", views_edit.remove_site, name="remove_site"),
    path("providers/<int:pk>/certificates/add/", views_edit.certificate, name="add_certificate"),
    path("providers/<int:pk>/certificates/<int:certificate_pk>/", views_edit.certificate, name="certificate"),
    path(
        "providers/<int:pk>/certificates/<int:certificate_pk>/remove/",
        views_edit.remove_certificate,
        name="remove_certificate",
    ),
    path("providers/<int:pk>/values/<slug:code>/", views.value, name="value"),
    path("providers/<int:pk>/values/<slug:code>/edit/", views_edit.value, name="edit_value"),
    path("providers/<int:pk>/answers/<slug:code>/", views.answer, name="answer"),
    path("providers/<int:pk>/answers/<slug:code>/edit/", views_edit.answer, name="edit_answer"),
]
