"""Addresses of the pages about legal tasks, below /o/<organisation>/."""

from typing import Any

from django.urls import URLPattern, path

from assessments import (
    views,
    views_add,
    views_confirm,
    views_duties,
    views_edit,
    views_factor_adopt,
    views_factor_draft,
    views_factors,
    views_gates,
    views_grid,
    views_import,
    views_life,
    views_needs,
    views_opinions,
    views_portfolio,
    views_split,
)

app_name = "assessments"


def _list(kind: str, folder: str) -> list[URLPattern]:
    """The three addresses of one list of the needs."""
    given: dict[str, Any] = {"kind": kind}
    return [
        path(f"needs/{folder}/add/", views_needs.entry, given, name=f"needs_add_{kind}"),
        path(f"needs/{folder}/<int:pk>/", views_needs.entry, given, name=f"needs_{kind}"),
        path(f"needs/{folder}/<int:pk>/remove/", views_needs.remove, given, name=f"needs_remove_{kind}"),
    ]


def _of_draft() -> list[URLPattern]:
    """The addresses of the draft of the next factor set."""
    here = "tasks/factors/draft/"
    return [
        path(here, views_factor_draft.draft, name="draft"),
        path(f"{here}start/", views_factor_draft.start, name="draft_start"),
        path(f"{here}discard/", views_factor_draft.discard, name="draft_discard"),
        path(f"{here}points/", views_factor_draft.points, name="draft_points"),
        path(f"{here}factors/add/", views_factor_draft.factor, name="draft_factor_add"),
        path(f"{here}factors/<slug:code>/", views_factor_draft.factor, name="draft_factor"),
        path(
            f"{here}factors/<slug:code>/remove/", views_factor_draft.remove_factor, name="draft_factor_remove"
        ),
        path(f"{here}gates/add/", views_factor_draft.gate, name="draft_gate_add"),
        path(f"{here}gates/<slug:code>/", views_factor_draft.gate, name="draft_gate"),
        path(f"{here}gates/<slug:code>/remove/", views_factor_draft.remove_gate, name="draft_gate_remove"),
        path(f"{here}gates/<slug:code>/off/", views_factor_draft.turn_off, name="draft_gate_off"),
        path(f"{here}gates/<slug:code>/on/", views_factor_draft.turn_on, name="draft_gate_on"),
        path(f"{here}effect/", views_factor_adopt.effect, name="draft_effect"),
        path(f"{here}propose/", views_factor_adopt.propose, name="draft_propose"),
        path(f"{here}send-back/", views_factor_adopt.send_back, name="draft_send_back"),
        path(f"{here}adopt/", views_factor_adopt.adopt, name="draft_adopt"),
    ]


urlpatterns = [
    path("needs/", views_needs.needs, name="needs"),
    *_list("objective", "objectives"),
    *_list("limit", "limits"),
    *_list("stay", "stays"),
    path("duties/", views_duties.duties, name="duties"),
    path("duties/ethics-duties.csv", views_duties.csv, name="duties_csv"),
    path("duties/items/<slug:duty>/<int:place>/", views_duties.item, name="duty_item"),
    path("duties/items/<slug:duty>/<int:place>/mark/", views_duties.mark, name="duty_mark"),
    path("duties/jurisdictions/add/", views_duties.add_jurisdiction, name="add_jurisdiction"),
    path(
        "duties/jurisdictions/<int:pk>/remove/", views_duties.remove_jurisdiction, name="remove_jurisdiction"
    ),
    path("duties/take-newer/", views_duties.take_newer, name="take_newer_duties"),
    path("duties/adopt/", views_duties.adopt, name="adopt_rules"),
    path("duties/withdraw/", views_duties.withdraw, name="withdraw_adoption"),
    path("assessments/", views_life.assessments, name="assessments"),
    path("assessments/<int:pk>/", views_life.assessment, name="assessment"),
    path("assessments/<int:pk>/assessment.jsonl", views_life.content, name="content"),
    path("assessments/<int:pk>/compare/", views_life.compare, name="compare"),
    path("assessments/<int:pk>/compare/differences.csv", views_life.compare_csv, name="compare_csv"),
    path("assessments/<int:pk>/submit/", views_life.submit, name="submit"),
    path("assessments/<int:pk>/send-back/", views_life.send_back, name="send_back"),
    path("assessments/<int:pk>/approve/", views_life.approve, name="approve"),
    path("assessments/<int:pk>/set-aside/", views_life.set_aside, name="set_aside"),
    path("assessments/<int:pk>/new-version/", views_life.start_version, name="start_version"),
    path("assessments/<int:pk>/copy/", views_life.copy, name="copy"),
    path("assessments/<int:pk>/hold/", views_life.hold, name="hold"),
    path("assessments/<int:pk>/holds/<int:hold_pk>/lift/", views_life.lift, name="lift"),
    path("assessments/<int:pk>/retention/", views_life.retention, name="retention"),
    path("assessments/<int:pk>/delete/", views_life.delete, name="delete"),
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/tasks.csv", views.csv, name="csv"),
    path("tasks/gates/", views.gates, name="gates"),
    path("tasks/factors/", views_factors.factors, name="factors"),
    path("tasks/factors/versions/<int:number>/", views_factors.version, name="factor_version"),
    path("tasks/factors/differences/", views_factors.differences, name="factor_differences"),
    *_of_draft(),
    path("tasks/portfolio/", views_portfolio.portfolio, name="portfolio"),
    path("tasks/portfolio/sensitivity.csv", views_portfolio.sensitivity_csv, name="sensitivity_csv"),
    path("tasks/add/", views_add.add, name="add"),
    path("tasks/paste/", views_add.paste, name="paste"),
    path("tasks/grid/", views_grid.grid, name="grid"),
    path("tasks/grid/save/", views_grid.save, name="grid_save"),
    path("tasks/grid/legal-tasks.csv", views_grid.csv, name="grid_csv"),
    path("tasks/grid/legal-tasks.xlsx", views_grid.workbook, name="grid_workbook"),
    path("tasks/import/", views_import.upload, name="import"),
    path("tasks/import/apply/", views_import.apply, name="import_apply"),
    path("tasks/catalogue/", views_add.catalogue, name="catalogue"),
    path("tasks/to-confirm/", views_confirm.to_confirm, name="to_confirm"),
    path("tasks/rates/", views_add.rates, name="rates"),
    path("tasks/rates/save/", views_add.save_rates, name="save_rates"),
    path("tasks/<int:pk>/", views.task, name="task"),
    path("tasks/<int:pk>/editor/", views.editor, name="editor"),
    path("tasks/<int:pk>/score/", views.score, name="score"),
    path("tasks/<int:pk>/save/", views_edit.save, name="save"),
    path("tasks/<int:pk>/confirm/", views_edit.confirm, name="confirm"),
    path("tasks/<int:pk>/close/", views_gates.close, name="close"),
    path("tasks/<int:pk>/reopen/", views_gates.reopen, name="reopen"),
    path("tasks/<int:pk>/consent/", views_gates.consent, name="consent"),
    path("tasks/<int:pk>/waive/", views_gates.waive, name="waive"),
    path("tasks/<int:pk>/waivers/<int:waiver_pk>/decide/", views_gates.decide, name="decide_waiver"),
    path("tasks/<int:pk>/waivers/<int:waiver_pk>/withdraw/", views_gates.withdraw, name="withdraw_waiver"),
    path("tasks/opinions/", views_opinions.differences, name="opinions"),
    path("tasks/<int:pk>/opinions/", views_opinions.opinions, name="task_opinions"),
    path("tasks/<int:pk>/opinions/settle/", views_opinions.settle, name="settle_factor"),
    path("tasks/<int:pk>/opinions/take-back/", views_opinions.take_back, name="take_opinion_back"),
    path("tasks/<int:pk>/split/", views_split.split, name="split_task"),
    path("tasks/splits/<int:pk>/", views_split.show, name="split"),
    path("tasks/splits/<int:pk>/join/", views_split.join, name="join_parts"),
    path("tasks/<int:pk>/remove/", views_edit.remove, name="remove"),
]
