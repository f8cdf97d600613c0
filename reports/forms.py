"""What one chooses when asking for a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.utils.timezone import localtime

import figures
from accounts.tenancy import OwnedChoiceField
from reports.models import Report
from selections.models import RankingRecord, Selection


class _RecordField(OwnedChoiceField):
    """Kept rankings by number and date."""

    def label_from_instance(self, obj: RankingRecord) -> str:
        """Say which record it is."""
        reason = f": {obj.reason[:80]}" if obj.reason else ""
        return f"Ranking record {obj.number}, kept {figures.day(localtime(obj.kept_at))}{reason}"


class ReportForm(forms.Form):
    """Which kept ranking, on which paper."""

    record = _RecordField(RankingRecord, label="Kept ranking", empty_label=None)
    paper = forms.ChoiceField(label="Paper", choices=Report.Paper.choices, initial=Report.Paper.LETTER)

    def __init__(self, *args: Any, selection: Selection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        record = cast("_RecordField", self.fields["record"])
        record.open(RankingRecord.objects.filter(selection=selection).defer("content"))
        self.helper = FormHelper()
        self.helper.form_id = "ask"
        line = '{% if privilege_line %}<p class="form-text">{{ privilege_line }}</p>{% endif %}'
        self.helper.layout = Layout(
            "record", "paper", HTML(line), Submit("ask", "Make board report", css_class="btn btn-primary")
        )


class SuitabilityForm(forms.Form):
    """On which paper; what is reported on is the current assessment."""

    paper = forms.ChoiceField(label="Paper", choices=Report.Paper.choices, initial=Report.Paper.LETTER)

    def __init__(self, data: Mapping[str, Any] | None = None, *, action: str) -> None:
        # Beside the other form on one page: fields need ids of their own.
        super().__init__(data, auto_id="suitability_%s")
        self.helper = FormHelper()
        self.helper.form_id = "ask-suitability"
        self.helper.form_action = action
        self.helper.layout = Layout(
            "paper", Submit("ask", "Make suitability report", css_class="btn", css_id="make-suitability")
        )
