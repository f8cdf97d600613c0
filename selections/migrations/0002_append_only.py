"""The database refuses to change or remove these rows."""

from django.db import migrations

from accounts.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("selections", "0001_initial")]

    operations = [append_only("selections_score"), append_only("selections_rankingrecord")]
