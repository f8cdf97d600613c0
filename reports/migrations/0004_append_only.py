"""The database refuses to change, remove or replace a stored assessment."""

from django.db import migrations

from accounts.append_only import append_only, without_detours


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_suitability_reports")]

    operations = [append_only("reports_suitabilityrecord"), without_detours("reports_suitabilityrecord")]
