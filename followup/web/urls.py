"""Addresses of the staff pages and the simulator."""

from django.urls import include, path

from followup.web import account_urls, sessions
from followup.web.views import (
    care_sessions,
    entrance,
    importing,
    inbox,
    insights,
    patient,
    patients,
    plans,
    rereading,
    review,
    roster,
    simulator,
    staff,
    surveys,
    worklist,
)

_patient = [
    path("", patient.patient, name="patient"),
    path("edit/", patients.change_patient, name="patient-edit"),
    path("consent/", patients.consent, name="patient-consent"),
    path("consent/withdraw/", patients.withdraw_consent, name="patient-withdraw"),
    path("pause/", patients.pause, name="patient-pause"),
    path("resume/", patients.resume, name="patient-resume"),
    path("opt-out/", patients.opt_out, name="patient-opt-out"),
    path("opt-in/", patients.opt_in, name="patient-opt-in"),
    path("care-sessions/new/", care_sessions.record, name="care-session-new"),
    path("care-sessions/<uuid:session_id>/", care_sessions.change, name="care-session"),
    path("care-sessions/<uuid:session_id>/cancel/", care_sessions.cancel, name="care-session-cancel"),
    path("follow-ups/<uuid:follow_up_id>/send-now/", patient.send_now, name="send-now"),
    path("follow-ups/<uuid:follow_up_id>/send-link/", patient.send_link, name="send-link"),
]
_review = [
    path("", review.review, name="review"),
    path("claim/", review.claim, name="review-claim"),
    path("release/", review.release, name="review-release"),
    path("escalate/", review.escalate, name="review-escalate"),
    path("close/", review.close, name="review-close"),
    path("reopen/", review.reopen, name="review-reopen"),
]
_plans = [
    path("", plans.plans, name="plans"),
    path("new/", plans.new_plan, name="plan-new"),
    path("<uuid:plan_id>/", plans.plan, name="plan"),
    path("<uuid:plan_id>/edit/", plans.edit_plan, name="plan-edit"),
    path("<uuid:plan_id>/publish/", plans.publish, name="plan-publish"),
    path("<uuid:plan_id>/retire/", plans.retire, name="plan-retire"),
]
_surveys = [
    path("", surveys.surveys, name="surveys"),
    path("upload/", surveys.upload, name="survey-upload"),
    path("versions/<uuid:version_id>/publish/", surveys.publish, name="survey-publish"),
    path("versions/<uuid:version_id>/retire/", surveys.retire, name="survey-retire"),
    path("versions/<uuid:version_id>/try/<slug:question>/", surveys.try_reply, name="survey-try"),
    path("<slug:key>/", surveys.survey, name="survey"),
    path("<slug:key>/<int:number>/", surveys.survey, name="survey-version"),
]
_staff = [
    path("", staff.staff, name="staff"),
    path("new/", staff.add_staff, name="staff-new"),
    path("on-call/", roster.roster, name="staff-roster"),
    path("on-call/add/", roster.add_shift, name="staff-roster-add"),
    path("on-call/<uuid:shift_id>/remove/", roster.remove_shift, name="staff-roster-remove"),
    path("on-call/<uuid:shift_id>/restore/", roster.restore_shift, name="staff-roster-restore"),
    path("<uuid:staff_id>/", staff.member, name="staff-member"),
    path("<uuid:staff_id>/password/", staff.set_password, name="staff-password"),
    path("<uuid:staff_id>/second-factor/", staff.forget_second_factor, name="staff-second-factor"),
    path("<uuid:staff_id>/tokens/", staff.make_token, name="staff-token"),
    path("<uuid:staff_id>/tokens/<uuid:token_id>/revoke/", staff.revoke_token, name="staff-token-revoke"),
]
_simulator = [
    path("", simulator.simulator, name="simulator"),
    path("<uuid:patient_id>/", simulator.simulator, name="phone"),
    path("<uuid:patient_id>/thread/", simulator.thread, name="phone-thread"),
    path("<uuid:patient_id>/reply/", simulator.reply, name="phone-reply"),
    path("<uuid:patient_id>/end-session/", simulator.end_session, name="phone-end-session"),
    path("<uuid:patient_id>/next-now/", simulator.next_now, name="phone-next-now"),
]

urlpatterns = [
    path("", entrance.home, name="home"),
    path("rows/", worklist.worklist_rows, name="worklist-rows"),
    path("reviews/<uuid:review_id>/", include(_review)),
    path("patients/", patients.patients, name="patients"),
    path("patients/new/", patients.enrol_patient, name="patient-new"),
    path("patients/import/", importing.import_patients, name="patient-import"),
    path("patients/<uuid:patient_id>/", include(_patient)),
    path("inbox/", inbox.inbox, name="inbox"),
    path("plans/", include(_plans)),
    path("surveys/", include(_surveys)),
    path("staff/", include(_staff)),
    path("insights/", insights.insights, name="insights"),
    path("insights/rereading/", rereading.rereading, name="rereading"),
    path("simulator/", include(_simulator)),
    path("f/", include("followup.web.form.urls")),
    path("accounts/stay/", sessions.keep_alive, name="stay"),
    path("accounts/", include(account_urls)),
]
