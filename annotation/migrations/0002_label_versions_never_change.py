"""The database itself refuses to change or delete a label version: nothing is lost, whatever the code does."""

from typing import ClassVar

from django.db import migrations

FORWARD = """
CREATE FUNCTION annotation_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % is written once; make a new version with its parent', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER label_version_written_once BEFORE UPDATE OR DELETE ON annotation_labelversion
    FOR EACH ROW EXECUTE FUNCTION annotation_written_once();
"""

BACKWARD = """
DROP TRIGGER label_version_written_once ON annotation_labelversion;
DROP FUNCTION annotation_written_once();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("annotation", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(FORWARD, BACKWARD)]
