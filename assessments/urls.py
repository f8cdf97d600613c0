"""Addresses of the pages about legal tasks, below /o/<organisation>/."""

from typing import Any

from django.urls import URLPattern, path

from assessments import views, views_add, views_edit, views_needs

app_name = "assessments"


def _list(kind: str, folder: str) -> list[URLPattern]:
    """The three addresses of one list of the needs."""
    given: dict[str, Any] = {"kind": kind}
    return [
        path(f"needs/{folder}/add/", views_needs.entry, given, name=f"needs_add_{kind}"),
        path(f"needs/{folder}/<int:pk>/", views_needs.entry, given, name=f"needs_{kind}"),
        path(f"needs/{folder}/<int:pk>/remove/", views_needs.remove, given, name=f"needs_remove_{kind}"),
    ]


urlpatterns = [
    path("needs/", views_needs.needs, name="needs"),
    *_list("objective", "objectives"),
    *_list("limit", "limits"),
    *_list("stay", "stays"),
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/tasks.csv", views.csv, name="csv"),
    path("tasks/add/", views_add.add, name="add"),
    path("tasks/paste/", views_add.paste, name="paste"),
    path("tasks/catalogue/", views_add.catalogue, name="catalogue"),
    path("tasks/rates/", views_add.rates, name="rates"),
    path("tasks/rates/save/", views_add.save_rates, name="save_rates"),
    path("tasks/<int:pk>/", views.task, name="task"),
    path("tasks/<int:pk>/editor/", views.editor, name="editor"),
    path("tasks/<int:pk>/score/", views.score, name="score"),
    path("tasks/<int:pk>/save/", views_edit.save, name="save"),
    path("tasks/<int:pk>/confirm/", views_edit.confirm, name="confirm"),
    path("tasks/<int:pk>/close/", views_edit.close, name="close"),
    path("tasks/<int:pk>/reopen/", views_edit.reopen, name="reopen"),
    path("tasks/<int:pk>/remove/", views_edit.remove, name="remove"),
]
