from django.db import migrations, models

OUTCOME_ORDER = ("OUTSOURCE", "PILOT", "COSOURCE", "RETAIN", "PREPARE_FIRST", "")


def fill(apps, editor):
    """Write the copies for the tasks that exist."""
    tasks = apps.get_model("assessments", "TaskAssessment").objects.select_related("legal_task")
    batch = []
    for task in tasks.iterator(chunk_size=500):
        identity = task.legal_task
        task.list_code = identity.code
        task.list_name = identity.name.casefold()[:160]
        parts = (identity.code, identity.name, identity.practice_area)
        task.search_text = "\n".join(parts).casefold()[:320]
        task.gate_codes = f" {' '.join(task.gates)} " if task.gates else ""
        task.outcome_place = OUTCOME_ORDER.index(task.outcome)
        batch.append(task)
    fields = ["list_code", "list_name", "search_text", "gate_codes", "outcome_place"]
    tasks.model.objects.bulk_update(batch, fields, batch_size=200)


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0001_initial'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='taskassessment',
            name='task_by_outcome',
        ),
        migrations.RemoveIndex(
            model_name='taskassessment',
            name='task_by_score',
        ),
        migrations.AddField(
            model_name='taskassessment',
            name='gate_codes',
            field=models.CharField(default='', editable=False, max_length=400),
        ),
        migrations.AddField(
            model_name='taskassessment',
            name='list_code',
            field=models.CharField(default='', editable=False, max_length=12),
        ),
        migrations.AddField(
            model_name='taskassessment',
            name='list_name',
            field=models.CharField(default='', editable=False, max_length=160),
        ),
        migrations.AddField(
            model_name='taskassessment',
            name='outcome_place',
            field=models.PositiveSmallIntegerField(default=5, editable=False),
        ),
        migrations.AddField(
            model_name='taskassessment',
            name='search_text',
            field=models.CharField(default='', editable=False, max_length=320),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'outcome', 'baseline_amount', 'score', 'open_conditions', 'is_profile_assumed', 'id'], name='task_totals'),
        ),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'gate_codes'], name='task_by_gates'),
        ),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'list_code', 'id', 'outcome', 'open_conditions', 'score', 'gate_codes', 'search_text'], name='task_list'),
        ),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'list_name', 'list_code', 'id', 'outcome', 'open_conditions', 'score', 'gate_codes', 'search_text'], name='task_by_name'),
        ),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'annual_volume', 'list_code', 'id', 'outcome', 'open_conditions', 'score', 'gate_codes', 'search_text'], name='task_by_volume'),
        ),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'annual_hours', 'list_code', 'id', 'outcome', 'open_conditions', 'score', 'gate_codes', 'search_text'], name='task_by_hours'),
        ),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'baseline_amount', 'list_code', 'id', 'outcome', 'open_conditions', 'score', 'gate_codes', 'search_text'], name='task_by_cost'),
        ),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'score', 'list_code', 'id', 'outcome', 'open_conditions', 'gate_codes', 'search_text'], name='task_by_score'),
        ),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'outcome_place', 'list_code', 'id', 'outcome', 'open_conditions', 'score', 'gate_codes', 'search_text'], name='task_by_outcome'),
        ),
    ]
