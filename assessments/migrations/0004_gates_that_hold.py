import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from accounts.append_only import append_only, without_detours
from django.db import migrations, models


def _open_what_no_lawyer_answers_for(apps, editor):
    """Conditions of gates that rest on law or supervision were closed without a lawyer: they are open again.

    The rows and their evidence stay; naming the lawyer closes them again.
    """
    tasks = apps.get_model("assessments", "TaskAssessment").objects
    closures = apps.get_model("assessments", "GateClosure").objects
    touched = closures.values_list("task", flat=True).distinct()
    for task in tasks.filter(pk__in=touched).select_related("assessment__factor_set"):
        closed = set(closures.filter(task=task).values_list("gate", "condition"))
        rules = {gate["code"]: gate for gate in task.assessment.factor_set.content["gates"]}
        fired = [rules[code] for code in task.gates if code in rules]
        still_open = sum(
            (gate["code"], condition) not in closed or gate.get("kind") not in {"readiness", "policy"}
            for gate in fired
            for condition in gate.get("conditions", ())
        )
        if task.open_conditions != still_open:
            tasks.filter(pk=task.pk).update(open_conditions=still_open)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_audit_indexes'),
        ('assessments', '0003_stamps'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='gateclosure',
            name='weekly_hours',
            field=models.DecimalField(decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(168)]),
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gate', models.CharField(max_length=8)),
                ('condition', models.CharField(max_length=300)),
                ('given_by', models.CharField(help_text='The person who consented.', max_length=120)),
                ('capacity', models.CharField(help_text='Their office or organisation.', max_length=120)),
                ('given_on', models.DateField()),
                ('document', models.CharField(help_text='Where the signed document is kept.', max_length=300)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='assessments.taskassessment')),
            ],
            options={
                'ordering': ['gate', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='gateclosure',
            name='consent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='closures', to='assessments.consent'),
        ),
        migrations.CreateModel(
            name='Lawyer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('jurisdiction', models.CharField(help_text='Where the licence was given, as in Minnesota.', max_length=60)),
                ('bar_number', models.CharField(blank=True, max_length=40)),
                ('added_at', models.DateTimeField(auto_now_add=True)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
            ],
            options={
                'ordering': ['name', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='gateclosure',
            name='lawyer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='closures', to='assessments.lawyer'),
        ),
        migrations.CreateModel(
            name='Waiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gate', models.CharField(max_length=8)),
                ('state', models.CharField(choices=[('asked', 'Asked for'), ('granted', 'In force'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('ended', 'Ended')], default='asked', max_length=10)),
                ('reason', models.CharField(max_length=300)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('decision_reason', models.CharField(blank=True, max_length=300)),
                ('decided_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
                ('ended_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waivers', to='assessments.taskassessment')),
            ],
            options={
                'ordering': ['gate', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddConstraint(
            model_name='lawyer',
            constraint=models.UniqueConstraint(models.F('organisation'), django.db.models.functions.text.Lower('name'), django.db.models.functions.text.Lower('jurisdiction'), django.db.models.functions.text.Lower('bar_number'), name='lawyer_once'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'granted'])), fields=('task', 'gate'), name='waiver_one_open'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='waiver_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='waiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['granted', 'refused']), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='waiver_decided_by_somebody'),
        ),
        append_only("assessments_consent"),
        without_detours("assessments_consent"),
        migrations.RunPython(_open_what_no_lawyer_answers_for, migrations.RunPython.noop),
    ]
