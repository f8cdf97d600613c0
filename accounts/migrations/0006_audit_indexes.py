"""Indexes in the order in which the audit trail page reads: newest first, by each of its filters."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="auditevent", name="audit_latest"),
        migrations.RemoveIndex(model_name="auditevent", name="audit_object"),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["organisation", "-at", "-id"], name="audit_newest"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                fields=["organisation", "object_type", "object_id", "-at", "-id"], name="audit_of_object"
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["organisation", "object_type", "-at", "-id"], name="audit_of_kind"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["organisation", "actor", "-at", "-id"], name="audit_by_person"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["organisation", "verb", "-at", "-id"], name="audit_by_verb"),
        ),
    ]
