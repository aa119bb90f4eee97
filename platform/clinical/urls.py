from django.urls import path

from clinical.api import measures

urlpatterns = [
    path("studies/<slug:slug>/measures", measures.MeasureValueList.as_view()),
    path("studies/<slug:slug>/measure-summary", measures.MeasureSummary.as_view()),
    path("studies/<slug:slug>/measures/<slug:kind>", measures.MeasureFile.as_view()),
    path("measure-tables/<uuid:table_id>", measures.MeasureTableDetail.as_view()),
    path("measure-tables/<uuid:table_id>/voxels", measures.MeasureTableVoxels.as_view()),
    path("measure-tables/<uuid:table_id>/values/<int:place>", measures.MeasureValueDetail.as_view()),
]
