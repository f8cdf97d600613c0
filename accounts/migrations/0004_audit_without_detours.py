"""The audit trail refuses TRUNCATE and replacing inserts too."""

from django.db import migrations

from accounts.append_only import without_detours


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_attempts")]
    operations = [without_detours("accounts_auditevent")]
