"""Addresses of the people pages, below /o/<organisation>/."""

from django.urls import path

from accounts import views_people as views

app_name = "people"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/leave/", views.leave, name="leave"),
    path("people/organisation/", views.organisation, name="organisation"),
    path("people/<int:pk>/role/", views.role, name="role"),
    path("people/<int:pk>/remove/", views.remove, name="remove"),
    path("people/invitations/<int:pk>/new-link/", views.renew, name="renew"),
    path("people/invitations/<int:pk>/revoke/", views.revoke, name="revoke"),
]
