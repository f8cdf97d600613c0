import django.db.models.deletion
from assessments.triggers import stamps_by_the_database
from django.db import migrations, models


# From a list of sentences in the assessment to rows of its own.
MOVED = {"goals": "Objective", "constraints": "Limit"}


def to_rows(apps, editor):
    """A sentence becomes an objective without measure, or a limit of no stated kind: nothing is made up."""
    for assessment in apps.get_model("assessments", "Assessment").objects.iterator():
        for field, model in MOVED.items():
            rows = apps.get_model("assessments", model)
            rows.objects.bulk_create(
                rows(
                    organisation_id=assessment.organisation_id,
                    assessment_id=assessment.pk,
                    position=place,
                    sentence=str(sentence),
                )
                for place, sentence in enumerate(getattr(assessment, field), start=1)
            )


def to_sentences(apps, editor):
    """Keep at least the sentences when the migration is taken back."""
    for assessment in apps.get_model("assessments", "Assessment").objects.iterator():
        for field, model in MOVED.items():
            rows = apps.get_model("assessments", model).objects.filter(assessment_id=assessment.pk)
            setattr(assessment, field, list(rows.order_by("position", "pk").values_list("sentence", flat=True)))
        assessment.save(update_fields=list(MOVED))


# A table that SQLite builds anew loses its triggers, whichever way the migration goes; on the way back they
# are dropped first and made again at the end.
stamps = stamps_by_the_database()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_audit_indexes'),
        ('assessments', '0004_gates_that_hold'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, stamps.code),
        migrations.AddField(
            model_name='rolerate',
            name='basis',
            field=models.CharField(blank=True, help_text='What the loaded rate holds and where it comes from.', max_length=200),
        ),
        migrations.CreateModel(
            name='Limit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('sentence', models.TextField()),
                ('kind', models.CharField(blank=True, choices=[('law', 'Law or regulation'), ('contract', 'Contract or client'), ('policy', 'Own policy'), ('time', 'Time'), ('people', 'People'), ('money', 'Money'), ('systems', 'Systems and data')], max_length=12)),
                ('until_on', models.DateField(null=True)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='assessments.assessment')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='MustStay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('what', models.TextField()),
                ('why', models.TextField(blank=True)),
                ('said_by', models.CharField(blank=True, max_length=120)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='assessments.assessment')),
                ('legal_task', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='must_stays', to='assessments.legaltask')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Objective',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('sentence', models.TextField()),
                ('measure', models.CharField(blank=True, max_length=120)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('today_value', models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                ('today_on', models.DateField(null=True)),
                ('today_source', models.CharField(blank=True, max_length=160)),
                ('target_value', models.DecimalField(decimal_places=4, max_digits=16, null=True)),
                ('target_on', models.DateField(null=True)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='assessments.assessment')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.RunPython(to_rows, to_sentences),
        migrations.RemoveField(
            model_name='assessment',
            name='constraints',
        ),
        migrations.RemoveField(
            model_name='assessment',
            name='goals',
        ),
        stamps,
    ]
