from django.urls import path

from results import api

urlpatterns = [
    path("studies/<slug:slug>/analyses", api.AnalysisList.as_view()),
    path("analyses/<uuid:analysis_id>", api.AnalysisDetail.as_view()),
    path("analyses/<uuid:analysis_id>/csv", api.AnalysisCsv.as_view()),
]
