"""Addresses of the components page; only in the map where settings.COMPONENTS_PAGE is set."""

from django.urls import path

from lpo.components import views

app_name = "components"
urlpatterns = [
    path("", views.components, name="all"),
    path("dialog/", views.dialog, name="dialog"),
]
