"""Addresses for somebody who was invited; open to everybody who holds a link."""

from django.urls import path

from accounts import views_join as views

urlpatterns = [
    path("", views.join, name="join"),
    path("other-account/", views.other_account, name="join_other_account"),
    path("<str:token>/", views.link, name="join_link"),
]
