"""The database itself refuses to change or delete a tractogram."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE TRIGGER tractogram_written_once BEFORE UPDATE OR DELETE ON tracts_tractogram
    FOR EACH ROW EXECUTE FUNCTION annotation_written_once();
"""

BACKWARD = "DROP TRIGGER tractogram_written_once ON tracts_tractogram;"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tracts", "0001_initial"), ("annotation", "0002_label_versions_never_change")]

    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
