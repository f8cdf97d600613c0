import assessments.models
from assessments.triggers import stamps_by_the_database
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_audit_indexes'),
        ('assessments', '0002_lists'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='taskassessment',
            name='task_totals',
        ),
        migrations.RemoveIndex(
            model_name='taskassessment',
            name='task_by_gates',
        ),
        migrations.AddField(
            model_name='assessment',
            name='stamp',
            field=models.CharField(default=assessments.models.new_stamp, editable=False, max_length=36, serialize=False),
        ),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'outcome', 'gate_codes', 'baseline_amount', 'score', 'open_conditions', 'is_profile_assumed', 'id'], name='task_totals'),
        ),
        stamps_by_the_database(),
    ]
