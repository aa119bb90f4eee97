from django.urls import path

from results.api import analyses, entries, pictures, reports

urlpatterns = [
    path("studies/<slug:slug>/analyses", analyses.AnalysisList.as_view()),
    path("studies/<slug:slug>/analysis-options", analyses.AnalysisOptions.as_view()),
    path("studies/<slug:slug>/external-labels", analyses.ExternalLabels.as_view()),
    path("analyses/<uuid:analysis_id>", analyses.AnalysisDetail.as_view()),
    path("analyses/<uuid:analysis_id>/document", analyses.AnalysisDocument.as_view()),
    path("analyses/<uuid:analysis_id>/rerun", analyses.AnalysisRerun.as_view()),
    path("analyses/<uuid:analysis_id>/report", reports.AnalysisReport.as_view()),
    path("analyses/<uuid:analysis_id>/report/<str:name>", reports.AnalysisReportFile.as_view()),
    path("analyses/<uuid:analysis_id>/volumes/<uuid:volume_id>/picture", pictures.AnalysisPicture.as_view()),
    path("analyses/<uuid:analysis_id>/csv", entries.AnalysisCsv.as_view()),
    path("analyses/<uuid:analysis_id>/rows", entries.AnalysisRows.as_view()),
    path("analyses/<uuid:analysis_id>/rows/<int:number>", entries.AnalysisRowDetail.as_view()),
    path("analyses/<uuid:analysis_id>/rows/<int:number>/disagreement", entries.AnalysisRowDisagreement.as_view()),
    path("analyses/<uuid:analysis_id>/rows/<int:number>/consensus", entries.AnalysisRowConsensus.as_view()),
    path("analyses/<uuid:analysis_id>/readings", entries.AnalysisReadings.as_view()),
]
