from django.apps import AppConfig


class TractsConfig(AppConfig):
    name = "tracts"
    verbose_name = "Tractograms"
    default_auto_field = "django.db.models.BigAutoField"
