from django.apps import AppConfig


class AnnotationConfig(AppConfig):
    name = "annotation"
    verbose_name = "Cases, tasks and labels"
    default_auto_field = "django.db.models.BigAutoField"
