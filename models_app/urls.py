from django.urls import path

from models_app import api, interactive_api
from models_app.api import registry, rounds

urlpatterns = [
    path("studies/<slug:slug>/training-preview", api.TrainingPreview.as_view()),
    path("studies/<slug:slug>/training-runs", api.TrainingRunList.as_view()),
    path("training-runs/<uuid:run_id>", api.TrainingRunDetail.as_view()),
    path("studies/<slug:slug>/model-versions", api.ModelVersionList.as_view()),
    path("model-versions/<uuid:model_version_id>", api.ModelVersionDetail.as_view()),
    path("model-versions/<uuid:model_version_id>/scores", registry.ModelVersionScores.as_view()),
    path("model-versions/<uuid:model_version_id>/gate", registry.ModelVersionGate.as_view()),
    path("model-versions/<uuid:model_version_id>/promote", registry.ModelVersionPromote.as_view()),
    path("model-versions/<uuid:model_version_id>/retire", registry.ModelVersionRetire.as_view()),
    path("model-versions/<uuid:model_version_id>/reinstate", registry.ModelVersionReinstate.as_view()),
    path("studies/<slug:slug>/model-comparison", registry.ModelComparison.as_view()),
    path("studies/<slug:slug>/model-transitions", registry.TransitionList.as_view()),
    path("studies/<slug:slug>/serving", registry.StudyServing.as_view()),
    path("studies/<slug:slug>/serving/roll-back", registry.StudyRollBack.as_view()),
    path("jobs/<uuid:job_id>/proposal-requests", registry.ProposalRequestList.as_view()),
    path("studies/<slug:slug>/rounds", rounds.RoundList.as_view()),
    path("studies/<slug:slug>/round-options", rounds.RoundOptions.as_view()),
    path("studies/<slug:slug>/rounds-report", rounds.RoundsReport.as_view()),
    path("studies/<slug:slug>/own-round", rounds.OwnRound.as_view()),
    path("rounds/<uuid:round_id>", rounds.RoundDetail.as_view()),
    path("rounds/<uuid:round_id>/train", rounds.RoundTrain.as_view()),
    path("rounds/<uuid:round_id>/cancel", rounds.RoundCancel.as_view()),
    path("round-choices/<uuid:choice_id>/reserve", rounds.ChoiceReserve.as_view()),
    path("round-choices/<uuid:choice_id>/release", rounds.ChoiceRelease.as_view()),
    path("volumes/<uuid:volume_id>/uncertainty", rounds.UncertaintyMaps.as_view()),
    path("uncertainty-maps/<uuid:uncertainty_id>/voxels", rounds.UncertaintyVoxels.as_view()),
    path("studies/<slug:slug>/proposals", api.ProposalList.as_view()),
    path("tasks/<uuid:task_id>/interactive", interactive_api.Interactive.as_view()),
    path("tasks/<uuid:task_id>/interactive/<uuid:session_id>", interactive_api.InteractiveSession.as_view()),
]
