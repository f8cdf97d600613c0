"""Addresses of a case: ranking, records, bids, comparison; below /o/<organisation>/."""

from django.urls import path

from selections.views import assumptions, bids, bids_edit, comparison, keeping, pasting, ranking, records, why

app_name = "selections"

urlpatterns = [
    path("selection/<int:pk>/ranking/", ranking.ranking, name="ranking"),
    path("selection/<int:pk>/ranking.csv", ranking.ranking_csv, name="ranking_csv"),
    path("selection/<int:pk>/why/<int:bid_pk>/<str:code>/", why.why, name="why"),
    path("selection/<int:pk>/keep/", keeping.keep, name="keep"),
    path("selection/<int:pk>/privilege/", ranking.privilege, name="privilege"),
    path("selection/<int:pk>/rest-on/", keeping.rest_on, name="rest_on"),
    path("selection/<int:pk>/records/<int:number>/", records.record, name="record"),
    path("selection/<int:pk>/records/<int:number>/file/", records.record_file, name="record_file"),
    path("selection/bid-of/<int:provider_pk>/", bids.bid_of, name="bid_of"),
    path("selection/<int:pk>/bids/", bids.bids, name="bids"),
    path("selection/<int:pk>/bids/add/", bids_edit.add_bid, name="add_bid"),
    path("selection/<int:pk>/bids/<int:bid_pk>/", bids.bid, name="bid"),
    path("selection/<int:pk>/bids/<int:bid_pk>/edit/", bids_edit.edit_bid, name="edit_bid"),
    path("selection/<int:pk>/bids/<int:bid_pk>/remove/", bids_edit.remove_bid, name="remove_bid"),
    path("selection/<int:pk>/bids/<int:bid_pk>/prices/add/", bids_edit.line, name="add_line"),
    path("selection/<int:pk>/bids/<int:bid_pk>/prices/paste/", pasting.paste_prices, name="paste_prices"),
    path("selection/<int:pk>/bids/<int:bid_pk>/prices/sheet.csv", pasting.prices_csv, name="prices_csv"),
    path("selection/<int:pk>/bids/<int:bid_pk>/prices/<int:line_pk>/", bids_edit.line, name="line"),
    path(
        "selection/<int:pk>/bids/<int:bid_pk>/prices/<int:line_pk>/remove/",
        bids_edit.remove_line,
        name="remove_line",
    ),
    path("selection/<int:pk>/bids/<int:bid_pk>/values/<slug:code>/", bids_edit.value, name="edit_value"),
    path(
        "selection/<int:pk>/bids/<int:bid_pk>/acceptance/<slug:code>/",
        bids_edit.acceptance,
        name="acceptance",
    ),
    path("selection/<int:pk>/comparison/", comparison.comparison, name="comparison"),
    path("selection/<int:pk>/comparison/comparison.csv", comparison.comparison_csv, name="comparison_csv"),
    path("selection/<int:pk>/assumptions/", assumptions.assumptions, name="assumptions"),
    path("selection/<int:pk>/assumptions/edit/", assumptions.edit_assumptions, name="edit_assumptions"),
]
