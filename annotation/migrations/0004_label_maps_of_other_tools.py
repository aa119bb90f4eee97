from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0003_frames_and_derived_volumes")]

    operations = [
        migrations.AlterField(
            model_name="labelversion",
            name="source",
            field=models.CharField(
                choices=[
                    ("person", "person"),
                    ("imported", "imported"),
                    ("model", "model"),
                    ("external", "another tool"),
                ],
                max_length=16,
            ),
        ),
    ]
