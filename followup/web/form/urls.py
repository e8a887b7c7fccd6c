"""Address of the patients' web form."""

from django.urls import path

from followup.web.form import views

urlpatterns = [path("<str:token>/", views.form, name="form")]
