"""What a report needs to survive lost workers and queues: bounded sending, and once at a time."""

from django.db import migrations, models
from django.utils import timezone

OPEN = ("queued", "running")
ASKED_TWICE = "It was asked for twice. Use the other one, or ask again."


def close_doubles(apps, schema_editor):
    """Of reports that wait or run twice, the newest goes on: the constraint below allows one."""
    Report = apps.get_model("reports", "Report")
    seen = set()
    for report in Report.objects.filter(status__in=OPEN).order_by("-pk"):
        key = (report.record_id, report.paper, report.has_privilege_line)
        if key in seen:
            fields = {"status": "failed", "error": ASKED_TWICE, "finished_at": timezone.now()}
            Report.objects.filter(pk=report.pk).update(**fields)
        seen.add(key)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.RunPython(close_doubles, migrations.RunPython.noop),
        migrations.AddField(
            model_name="report",
            name="send_again_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="send_count",
            field=models.PositiveSmallIntegerField(default=0, help_text="Sent to the queue since it waits."),
        ),
        migrations.AlterField(
            model_name="report",
            name="lease_until_at",
            field=models.DateTimeField(help_text="Until then it is one worker's alone.", null=True),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=["id"], condition=models.Q(("status__in", ["queued", "running"])), name="report_open"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["requested_by", "requested_at"], name="report_by_person"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["queued", "running"])),
                fields=("record", "paper", "has_privilege_line"),
                name="report_open_once",
            ),
        ),
    ]
