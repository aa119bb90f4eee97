from django.urls import path

from annotation.api import cases, labels, studies, tasks

urlpatterns = [
    path("studies", studies.StudyList.as_view()),
    path("studies/<slug:slug>", studies.StudyDetail.as_view()),
    path("studies/<slug:slug>/overview", studies.StudyOverview.as_view()),
    path("studies/<slug:slug>/raters", studies.RaterList.as_view()),
    path("studies/<slug:slug>/test-set", studies.TestSet.as_view()),
    path("studies/<slug:slug>/imports", studies.ImportCreate.as_view()),
    path("studies/<slug:slug>/cases", cases.CaseList.as_view()),
    path("studies/<slug:slug>/tasks", tasks.TaskCreate.as_view()),
    path("cases/<uuid:case_id>", cases.CaseDetail.as_view()),
    path("volumes/<uuid:volume_id>", cases.VolumeDetail.as_view()),
    path("volumes/<uuid:volume_id>/voxels", cases.VolumeVoxels.as_view()),
    path("volumes/<uuid:volume_id>/file", cases.VolumeFile.as_view()),
    path("tasks", tasks.TaskList.as_view()),
    path("tasks/next", tasks.TaskNext.as_view()),
    path("tasks/<uuid:task_id>", tasks.TaskDetail.as_view()),
    path("tasks/<uuid:task_id>/open", tasks.TaskOpen.as_view()),
    path("tasks/<uuid:task_id>/label-versions", labels.LabelVersionCreate.as_view()),
    path("tasks/<uuid:task_id>/label-changes", labels.LabelChangesCreate.as_view()),
    path("tasks/<uuid:task_id>/adopt", labels.LabelVersionAdopt.as_view()),
    path("tasks/<uuid:task_id>/submit", tasks.TaskSubmit.as_view()),
    path("tasks/<uuid:task_id>/exclude", tasks.TaskExclude.as_view()),
    path("tasks/<uuid:task_id>/review", tasks.TaskReview.as_view()),
    path("label-versions", labels.LabelVersionList.as_view()),
    path("label-versions/<uuid:version_id>", labels.LabelVersionDetail.as_view()),
    path("label-versions/<uuid:version_id>/voxels", labels.LabelVersionVoxels.as_view()),
    path("label-versions/<uuid:version_id>/nifti", labels.LabelVersionNifti.as_view()),
]
