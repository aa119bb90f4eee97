"""MONAI Label's addresses. Clients differ in the slash at the end, so it is optional; a key may stand in them."""

from django.urls import URLPattern, re_path

from models_app.monailabel_rest import app, authentication, datastore, reports, sessions, training
from models_app.monailabel_rest.addresses import KEY

STUDY = rf"^(?P<slug>[-a-zA-Z0-9_]+)/(?:key/(?P<key>{KEY})/)?"
NAME = r"[-\w. ]+"

urlpatterns: list[URLPattern] = [
    re_path(STUDY + r"auth/?$", authentication.AuthEnabled.as_view()),
    re_path(STUDY + r"auth/token/?$", authentication.AuthToken.as_view()),
    re_path(STUDY + r"auth/token/valid/?$", authentication.AuthValid.as_view()),
    re_path(STUDY + r"auth/address/?$", authentication.AuthAddress.as_view()),
    re_path(STUDY + r"info/?$", app.Info.as_view()),
    re_path(STUDY + rf"activelearning/(?P<strategy>{NAME})/?$", app.NextSample.as_view()),
    re_path(STUDY + rf"infer/(?P<model>{NAME})/?$", app.Infer.as_view()),
    re_path(STUDY + r"datastore/?$", datastore.Datastore.as_view()),
    re_path(STUDY + r"datastore/image/?$", datastore.Image.as_view()),
    re_path(STUDY + r"datastore/image/info/?$", datastore.ImageInfo.as_view()),
    re_path(STUDY + r"datastore/label/?$", datastore.Label.as_view()),
    re_path(STUDY + r"datastore/label/info/?$", datastore.LabelInfo.as_view()),
    re_path(STUDY + r"datastore/updatelabelinfo/?$", datastore.LabelInfo.as_view()),
    re_path(STUDY + r"train/?$", training.Train.as_view()),
    re_path(STUDY + rf"train/(?P<model>{NAME})/?$", training.TrainModel.as_view()),
    re_path(STUDY + r"batch/infer/?$", training.BatchInfer.as_view()),
    re_path(STUDY + rf"batch/infer/(?P<model>{NAME})/?$", training.BatchInfer.as_view()),
    re_path(STUDY + r"session/?$", sessions.Sessions.as_view()),
    re_path(STUDY + r"session/(?P<session_id>[-\w]+)/?$", sessions.Session.as_view()),
    re_path(STUDY + r"logs/?$", reports.Logs.as_view()),
    re_path(STUDY + r"logs/gpu/?$", reports.LogsOfDevice.as_view()),
    re_path(STUDY + r"scoring/?$", reports.Scoring.as_view()),
    re_path(STUDY + rf"scoring/(?P<method>{NAME})/?$", reports.ScoringMethod.as_view()),
    re_path(STUDY + r".*$", authentication.Unknown.as_view()),
]
