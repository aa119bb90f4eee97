from django.urls import path

from access import api

urlpatterns = [
    path("auth/login", api.LogIn.as_view()),
    path("auth/logout", api.LogOut.as_view()),
    path("auth/token", api.TokenCreate.as_view()),
    path("auth/session", api.Session.as_view()),
    path("protocols", api.ProtocolList.as_view()),
    path("protocols/check", api.ProtocolCheck.as_view()),
    path("protocols/<slug:name>", api.ProtocolDetail.as_view()),
    path("studies/<slug:slug>/members", api.MemberList.as_view()),
    path("studies/<slug:slug>/members/<uuid:membership_id>", api.MemberDetail.as_view()),
    path("studies/<slug:slug>/events", api.EventList.as_view()),
]
