"""The rows that the pages of a case start from; what is not of this organisation is not found."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from selections.models import Bid, Selection


def load_selection(pk: int) -> Selection:
    """Find a selection of the open organisation with the sets it decides by."""
    wanted = Selection.objects.select_related("assessment__factor_set", "criteria_set")
    found: Selection = get_object_or_404(wanted, pk=pk)
    return found


def load_bid(selection: Selection, pk: int) -> Bid:
    """Find a bid of a selection; it carries that selection."""
    bid: Bid = get_object_or_404(Bid.objects.select_related("provider"), pk=pk, selection=selection)
    bid.selection = selection
    return bid
