from django.urls import path

from jobs import api

urlpatterns = [
    path("jobs", api.JobList.as_view()),
    path("jobs/<uuid:job_id>", api.JobDetail.as_view()),
    path("jobs/<uuid:job_id>/cancel", api.JobCancel.as_view()),
    path("jobs/<uuid:job_id>/retry", api.JobRetry.as_view()),
]
