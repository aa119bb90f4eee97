"""The addresses of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from radicula.health import healthz, readyz
from radicula.pages import front_end
from radicula.study_report.api import StudyReportDetail, StudyReportDownload

api: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("", include("access.urls")),
    path("", include("jobs.urls")),
    path("", include("annotation.urls")),
    path("", include("models_app.urls")),
    path("", include("results.urls")),
    path("", include("tracts.urls")),
    path("", include("clinical.urls")),
    path("studies/<slug:slug>/report", StudyReportDetail.as_view()),
    path("studies/<slug:slug>/report/<str:name>", StudyReportDownload.as_view()),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api)),
    path("monailabel/", include("models_app.monailabel_urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz),
    path("readyz", readyz),
    re_path(r"^(?!api/|static/|monailabel/|admin/).*$", front_end),
]
