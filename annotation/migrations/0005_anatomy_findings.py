from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0004_label_maps_of_other_tools")]

    operations = [
        migrations.AddField(
            model_name="task", name="anatomy_findings", field=models.JSONField(blank=True, default=list)
        ),
    ]
