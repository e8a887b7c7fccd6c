"""Allauth's addresses that the desk has: nobody signs up here, and there is no way back in by e-mail."""

from allauth.account import views
from django.urls import include, path

from followup.web.views.entrance import sign_in

urlpatterns = [
    path("login/", sign_in, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]
