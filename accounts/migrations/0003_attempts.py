"""The table of the cache that counts sign-in attempts (settings.CACHES)."""

from django.core.management import call_command
from django.db import migrations

TABLE = "lpo_attempts"


def create(apps, editor):
    call_command("createcachetable", TABLE, database=editor.connection.alias, verbosity=0)


def drop(apps, editor):
    editor.execute(f"DROP TABLE {editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_append_only")]
    operations = [migrations.RunPython(create, drop)]
