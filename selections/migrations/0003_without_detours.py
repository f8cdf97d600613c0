"""Scores and kept rankings refuse TRUNCATE and replacing inserts too."""

from django.db import migrations

from accounts.append_only import without_detours


class Migration(migrations.Migration):
    dependencies = [("selections", "0002_append_only")]
    operations = [without_detours("selections_score"), without_detours("selections_rankingrecord")]
