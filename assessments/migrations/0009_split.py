import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
from assessments.triggers import stamps_by_the_database
from django.conf import settings
from django.db import migrations, models


# SQLite builds the table of tasks anew and forgets its triggers: taken away before, made again after.
stamps = stamps_by_the_database()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_audit_indexes'),
        ('assessments', '0008_factor_sets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(stamps.reverse_code, stamps.code),
        migrations.CreateModel(
            name='FactorOpinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('factor', models.CharField(max_length=8)),
                ('level', models.PositiveSmallIntegerField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('counsel_note', models.TextField(blank=True)),
                ('given_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='SplitClosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gate', models.CharField(max_length=8)),
                ('condition', models.CharField(max_length=300)),
                ('evidence', models.TextField()),
                ('counsel_note', models.TextField(blank=True)),
                ('weekly_hours', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('closed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['gate', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='TaskSplit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('figures', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('answers', models.JSONField(default=dict, help_text='Factor to level, source and reason.')),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='taskassessment',
            name='rounding',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='taskassessment',
            name='turnaround_days',
            field=models.DecimalField(blank=True, decimal_places=1, max_digits=6, null=True, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AlterField(
            model_name='factoranswer',
            name='source',
            field=models.CharField(choices=[('catalogue', 'Catalogue, not confirmed'), ('earlier', 'Earlier period, not confirmed'), ('whole', 'Before the task was split, not confirmed'), ('counsel', 'Counsel')], default='counsel', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='taskassessment',
            constraint=models.CheckConstraint(condition=models.Q(('turnaround_days__isnull', True), ('turnaround_days__gte', 0), _connector='OR'), name='task_turnaround_not_negative'),
        ),
        migrations.AddField(
            model_name='factoropinion',
            name='assessor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='factoropinion',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='factoropinion',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opinions', to='assessments.taskassessment'),
        ),
        migrations.AddField(
            model_name='splitclosure',
            name='closed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='splitclosure',
            name='consent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.consent'),
        ),
        migrations.AddField(
            model_name='splitclosure',
            name='lawyer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessments.lawyer'),
        ),
        migrations.AddField(
            model_name='splitclosure',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='tasksplit',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='splits', to='assessments.assessment'),
        ),
        migrations.AddField(
            model_name='tasksplit',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='tasksplit',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='tasksplit',
            name='out',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='went_out_by', to='assessments.legaltask'),
        ),
        migrations.AddField(
            model_name='tasksplit',
            name='stays',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stayed_by', to='assessments.legaltask'),
        ),
        migrations.AddField(
            model_name='tasksplit',
            name='whole',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='splits', to='assessments.legaltask'),
        ),
        migrations.AddField(
            model_name='splitclosure',
            name='split',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='assessments.tasksplit'),
        ),
        migrations.AddConstraint(
            model_name='factoropinion',
            constraint=models.UniqueConstraint(fields=('task', 'factor', 'assessor'), name='factor_opinion_once'),
        ),
        migrations.AddConstraint(
            model_name='factoropinion',
            constraint=models.CheckConstraint(condition=models.Q(('level__isnull', True), ('level__range', (1, 5)), _connector='OR'), name='factor_opinion_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='tasksplit',
            constraint=models.UniqueConstraint(fields=('assessment', 'whole'), name='split_once'),
        ),
        migrations.AddConstraint(
            model_name='tasksplit',
            constraint=models.UniqueConstraint(fields=('assessment', 'out'), name='split_out_once'),
        ),
        migrations.AddConstraint(
            model_name='tasksplit',
            constraint=models.UniqueConstraint(fields=('assessment', 'stays'), name='split_stays_once'),
        ),
        migrations.RemoveIndex(
            model_name='taskassessment',
            name='task_totals',
        ),
        migrations.AddIndex(
            model_name='taskassessment',
            index=models.Index(fields=['organisation', 'assessment', 'outcome', 'gate_codes', 'baseline_amount', 'score', 'open_conditions', 'is_profile_assumed', 'turnaround_days', 'id'], name='task_totals'),
        ),
        stamps,
    ]
