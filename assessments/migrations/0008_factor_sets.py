import django.db.models.deletion
from accounts.append_only import append_only, without_detours
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_audit_indexes'),
        ('assessments', '0007_life'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FactorDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(help_text='The version it becomes when it is adopted.')),
                ('content', models.JSONField()),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('proposed_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, help_text='Why it is proposed.', max_length=300)),
                ('sent_back_because', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='factorset',
            name='comment',
            field=models.CharField(blank=True, default='', help_text='What who adopted it said.', max_length=300),
        ),
        migrations.AddField(
            model_name='factorset',
            name='gates_off',
            field=models.PositiveSmallIntegerField(default=0, help_text='Shipped gates that are turned off.'),
        ),
        migrations.AddField(
            model_name='factorset',
            name='proposed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='factorset',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='factorset',
            name='reason',
            field=models.CharField(blank=True, default='', help_text='Why it was proposed.', max_length=300),
        ),
        migrations.AddConstraint(
            model_name='factorset',
            constraint=models.CheckConstraint(condition=models.Q(('gates_off', 0), models.Q(('adopted_by__isnull', False), ('proposed_by__isnull', False), models.Q(('adopted_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='factor_set_off_by_two_people'),
        ),
        migrations.AddField(
            model_name='factordraft',
            name='base',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='assessments.factorset'),
        ),
        migrations.AddField(
            model_name='factordraft',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='factordraft',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='factordraft',
            name='sent_back_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='factordraft',
            name='started_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='factordraft',
            constraint=models.UniqueConstraint(fields=('organisation', 'version'), name='factor_draft_once'),
        ),
        # Last: SQLite builds a table anew for each change above, and a table that is built anew has no triggers.
        append_only("assessments_factorset"),
        without_detours("assessments_factorset"),
    ]
