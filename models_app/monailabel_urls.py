"""MONAI Label's addresses. Clients differ in the slash at the end, so it is optional."""

from django.urls import URLPattern, re_path

from models_app.monailabel_rest import app, authentication, datastore, training

STUDY = r"^(?P<slug>[-a-zA-Z0-9_]+)/"
NAME = r"[-\w. ]+"

urlpatterns: list[URLPattern] = [
    re_path(STUDY + r"auth/?$", authentication.AuthEnabled.as_view()),
    re_path(STUDY + r"auth/token/?$", authentication.AuthToken.as_view()),
    re_path(STUDY + r"auth/token/valid/?$", authentication.AuthValid.as_view()),
    re_path(STUDY + r"info/?$", app.Info.as_view()),
    re_path(STUDY + rf"activelearning/(?P<strategy>{NAME})/?$", app.NextSample.as_view()),
    re_path(STUDY + rf"infer/(?P<model>{NAME})/?$", app.Infer.as_view()),
    re_path(STUDY + r"datastore/?$", datastore.Datastore.as_view()),
    re_path(STUDY + r"datastore/image/?$", datastore.Image.as_view()),
    re_path(STUDY + r"datastore/image/info/?$", datastore.ImageInfo.as_view()),
    re_path(STUDY + r"datastore/label/?$", datastore.Label.as_view()),
    re_path(STUDY + r"datastore/label/info/?$", datastore.LabelInfo.as_view()),
    re_path(STUDY + r"train/?$", training.Train.as_view()),
    re_path(STUDY + rf"train/(?P<model>{NAME})/?$", training.TrainModel.as_view()),
    re_path(STUDY + r"batch/infer/?$", training.BatchInfer.as_view()),
    re_path(STUDY + rf"batch/infer/(?P<model>{NAME})/?$", training.BatchInfer.as_view()),
    re_path(STUDY + r"session/?$", training.Sessions.as_view()),
    re_path(STUDY + r"session/(?P<session_id>[-\w]+)/?$", training.Sessions.as_view()),
]
