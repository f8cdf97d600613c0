import django.db.models.deletion
import django.db.models.functions.text
from accounts.append_only import append_only, without_detours
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_audit_indexes'),
        ('assessments', '0005_needs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DutySet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('taken_at', models.DateTimeField(auto_now_add=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-version'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='DutyMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('duty', models.CharField(max_length=12)),
                ('item', models.CharField(max_length=300)),
                ('status', models.CharField(choices=[('open', 'Open'), ('in_hand', 'In hand'), ('done', 'Done'), ('not_applicable', 'Does not apply')], max_length=14)),
                ('owner', models.CharField(blank=True, help_text='Who sees to it; need not be a member.', max_length=120)),
                ('due_on', models.DateField(null=True)),
                ('evidence', models.TextField(blank=True)),
                ('reason', models.TextField(blank=True, help_text='Why the item does not apply.')),
                ('marked_at', models.DateTimeField(auto_now_add=True)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duty_marks', to='assessments.assessment')),
                ('marked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('duty_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='assessments.dutyset')),
            ],
            options={
                'ordering': ['-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Jurisdiction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='RuleAdoption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gates_sha256', models.CharField(max_length=64)),
                ('duties_sha256', models.CharField(max_length=64)),
                ('is_withdrawn', models.BooleanField(default=False)),
                ('adopted_on', models.DateField(help_text="The day of the lawyer's decision, also where it is withdrawn.")),
                ('comment', models.TextField()),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('duty_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='assessments.dutyset')),
                ('factor_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='assessments.factorset')),
                ('lawyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='assessments.lawyer')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddConstraint(
            model_name='dutyset',
            constraint=models.UniqueConstraint(fields=('organisation', 'version'), name='duty_set_version_once'),
        ),
        migrations.AddIndex(
            model_name='dutymark',
            index=models.Index(fields=['assessment', 'duty', 'item'], name='duty_mark_of_item'),
        ),
        migrations.AddConstraint(
            model_name='dutymark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'done'), _negated=True), models.Q(('evidence', ''), _negated=True), _connector='OR'), name='duty_mark_done_with_evidence'),
        ),
        migrations.AddConstraint(
            model_name='dutymark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'not_applicable'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='duty_mark_left_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='jurisdiction',
            constraint=models.UniqueConstraint(models.F('organisation'), django.db.models.functions.text.Lower('name'), name='jurisdiction_once'),
        ),
        append_only("assessments_dutyset"),
        without_detours("assessments_dutyset"),
        append_only("assessments_dutymark"),
        without_detours("assessments_dutymark"),
        append_only("assessments_ruleadoption"),
        without_detours("assessments_ruleadoption"),
    ]
