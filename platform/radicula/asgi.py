"""The ASGI entry point: `uvicorn radicula.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

from models_app.monailabel_rest.bodiless import without_announced_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")
application = without_announced_bodies(get_asgi_application())
