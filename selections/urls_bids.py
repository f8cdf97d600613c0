"""Addresses of bids, comparison and assumptions; part of selections/urls.py."""

from django.urls import URLPattern, path

from selections import views_bids, views_bids_edit, views_comparison

urlpatterns: list[URLPattern] = [
    path("selection/bid-of/<int:provider_pk>/", views_bids.bid_of, name="bid_of"),
    path("selection/<int:pk>/bids/", views_bids.bids, name="bids"),
    path("selection/<int:pk>/bids/add/", views_bids_edit.add_bid, name="add_bid"),
    path("selection/<int:pk>/bids/<int:bid_pk>/", views_bids.bid, name="bid"),
    path("selection/<int:pk>/bids/<int:bid_pk>/edit/", views_bids_edit.edit_bid, name="edit_bid"),
    path("selection/<int:pk>/bids/<int:bid_pk>/remove/", views_bids_edit.remove_bid, name="remove_bid"),
    path("selection/<int:pk>/bids/<int:bid_pk>/prices/add/", views_bids_edit.line, name="add_line"),
    path("selection/<int:pk>/bids/<int:bid_pk>/prices/<int:line_pk>/", views_bids_edit.line, name="line"),
    path(
        "selection/<int:pk>/bids/<int:bid_pk>/prices/<int:line_pk>/remove/",
        views_bids_edit.remove_line,
        name="remove_line",
    ),
    path(
        "selection/<int:pk>/bids/<int:bid_pk>/values/<slug:code>/", views_bids_edit.value, name="edit_value"
    ),
    path(
        "selection/<int:pk>/bids/<int:bid_pk>/acceptance/<slug:code>/",
        views_bids_edit.acceptance,
        name="acceptance",
    ),
    path("selection/<int:pk>/comparison/", views_comparison.comparison, name="comparison"),
    path(
        "selection/<int:pk>/comparison/comparison.csv", views_comparison.comparison_csv, name="comparison_csv"
    ),
    path("selection/<int:pk>/assumptions/", views_comparison.assumptions, name="assumptions"),
    path("selection/<int:pk>/assumptions/edit/", views_comparison.edit_assumptions, name="edit_assumptions"),
]
