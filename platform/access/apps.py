from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = "People, studies and roles"
    default_auto_field = "django.db.models.BigAutoField"
