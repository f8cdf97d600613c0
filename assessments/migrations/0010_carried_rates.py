from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0009_split'),
    ]

    operations = [
        migrations.AddField(
            model_name='rolerate',
            name='carried_from',
            field=models.CharField(blank=True, default='', max_length=60),
        ),
    ]
