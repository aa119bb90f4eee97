from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "results"
    verbose_name = "Results"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the numbers of the clinical measures known to analyses."""
        from results.clinical_measurements import register

        register()
