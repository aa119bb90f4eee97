from django.urls import path

from tracts.api import ratings, tractograms

urlpatterns = [
    path("studies/<slug:slug>/tractograms", tractograms.TractogramList.as_view()),
    path("studies/<slug:slug>/tracking", tractograms.StudyTracking.as_view()),
    path("studies/<slug:slug>/tract-comparison", tractograms.TractComparison.as_view()),
    path("studies/<slug:slug>/tract-ratings", ratings.RatingList.as_view()),
    path("studies/<slug:slug>/tract-ratings/table", ratings.RatingTable.as_view()),
    path("tractograms/<uuid:tractogram_id>", tractograms.TractogramDetail.as_view()),
    path("tractograms/<uuid:tractogram_id>/trk", tractograms.TractogramFile.as_view(), {"which": "trk"}),
    path("tractograms/<uuid:tractogram_id>/tck", tractograms.TractogramFile.as_view(), {"which": "tck"}),
    path("tract-ratings", ratings.RatingsByStudy.as_view()),
    path("tract-ratings/<uuid:rating_id>", ratings.RatingDetail.as_view()),
    path("tract-ratings/<uuid:rating_id>/trk", ratings.RatingFile.as_view()),
]
