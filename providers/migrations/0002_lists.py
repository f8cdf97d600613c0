from django.db import migrations, models

from providers.reference import knock_out_questions, provider_codes


def fill(apps, editor):
    """Count what the profiles that exist hold."""
    metrics = apps.get_model("providers", "Metric").objects
    answers = apps.get_model("providers", "Answer").objects
    for provider in apps.get_model("providers", "Provider").objects.all():
        known = metrics.filter(provider=provider, value__isnull=False, sub_criterion__in=provider_codes())
        provider.values_known = known.count()
        provider.claims = known.filter(evidence="E0").count()
        provider.answers_given = answers.filter(
            provider=provider, question__in=list(knock_out_questions())
        ).count()
        provider.save(update_fields=["values_known", "claims", "answers_given"])


class Migration(migrations.Migration):

    dependencies = [
        ('providers', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='provider',
            name='answers_given',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='provider',
            name='claims',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='provider',
            name='values_known',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['organisation', 'name', 'provider'], name='certificate_by_name'),
        ),
        migrations.AddIndex(
            model_name='certificate',
            index=models.Index(fields=['organisation', 'valid_until_on', 'provider'], name='certificate_by_expiry'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(fields=['organisation', 'country', 'provider'], name='site_by_country'),
        ),
    ]
