#!/usr/bin/env python
"""Django's command line for Radicula: puts the source root `platform/` on the path."""

import os
import sys
from pathlib import Path

SOURCE_ROOT = Path(__file__).resolve().parent / "platform"


def main() -> None:
    """Run a management command."""
    sys.path.insert(0, str(SOURCE_ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")
    from django.core.management import execute_from_command_line  # only importable once the path is set

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
