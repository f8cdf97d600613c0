import assessments.models
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
from accounts.append_only import append_only, without_detours
from assessments.triggers import stamps_by_the_database
from django.conf import settings
from django.db import migrations, models


# SQLite builds both tables anew and forgets their triggers: taken away before, made again after, both ways.
stamps = stamps_by_the_database()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_audit_indexes'),
        ('assessments', '0006_duties'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(stamps.reverse_code, stamps.code),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('set_at', models.DateTimeField(auto_now_add=True)),
                ('lift_reason', models.CharField(blank=True, max_length=300)),
                ('lifted_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='StateChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.CharField(blank=True, choices=[('draft', 'Draft'), ('review', 'In review'), ('approved', 'Approved'), ('superseded', 'Superseded'), ('set_aside', 'Set aside'), ('deleted', 'Deleted')], max_length=12)),
                ('after', models.CharField(choices=[('draft', 'Draft'), ('review', 'In review'), ('approved', 'Approved'), ('superseded', 'Superseded'), ('set_aside', 'Set aside'), ('deleted', 'Deleted')], max_length=12)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('comment', models.CharField(blank=True, max_length=600)),
                ('is_alone', models.BooleanField(default=False)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('facts', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
            ],
            options={
                'ordering': ['pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='assessment',
            name='kept_from_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='assessment',
            name='retention_basis',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='assessment',
            name='retention_years',
            field=models.PositiveSmallIntegerField(default=assessments.models.default_retention, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)]),
        ),
        migrations.AddField(
            model_name='assessment',
            name='version',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='taskassessment',
            name='approved_name',
            field=models.CharField(blank=True, editable=False, max_length=160),
        ),
        migrations.AddField(
            model_name='taskassessment',
            name='carried_from',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('review', 'In review'), ('approved', 'Approved'), ('superseded', 'Superseded'), ('set_aside', 'Set aside'), ('deleted', 'Deleted')], default='draft', max_length=12),
        ),
        migrations.AlterField(
            model_name='factoranswer',
            name='source',
            field=models.CharField(choices=[('catalogue', 'Catalogue, not confirmed'), ('earlier', 'Earlier period, not confirmed'), ('counsel', 'Counsel')], default='counsel', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'approved')), fields=('organisation',), name='assessment_one_in_force'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='legal_holds', to='assessments.assessment'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='legalhold',
            name='set_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statechange',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='state_changes', to='assessments.assessment'),
        ),
        migrations.AddField(
            model_name='statechange',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statechange',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='statechange',
            name='submitted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='hold_lifted_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='statechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('after', 'approved'), _negated=True), ('is_alone', True), models.Q(('submitted_by__isnull', False), models.Q(('submitted_by', models.F('by')), _negated=True)), _connector='OR'), name='approved_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='statechange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('after__in', ['approved', 'deleted']), _negated=True), models.Q(('sha256', ''), _negated=True), _connector='OR'), name='approved_content_has_a_hash'),
        ),
        append_only("assessments_statechange"),
        without_detours("assessments_statechange"),
        stamps,
    ]
