"""Addresses of people and companies."""

from django.urls import path

from voronka.accounts.views import access, company, doors, employees, history, notices, profile, roles, saved

app_name = "accounts"

urlpatterns = [
    path("start/", doors.start, name="start"),
    path("join/<str:token>/", doors.join, name="join"),
    path("nowhere/", doors.nowhere, name="nowhere"),
    path("language/", doors.language, name="language"),
    path("me/", profile.profile, name="profile"),
    path("me/theme/", profile.theme, name="theme"),
    path("me/place/", profile.place, name="place"),
    path("colleagues/", notices.colleagues, name="colleagues"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/read/", notices.read, name="notices-read"),
    path("views/<slug:code>/", saved.bar, name="views"),
    path("views/<slug:code>/save/", saved.save, name="views-save"),
    path("view/<slug:public_id>/", saved.open_view, name="view"),
    path("view/<slug:public_id>/change/", saved.change, name="view-change"),
    path("view/<slug:public_id>/delete/", saved.drop, name="view-drop"),
    path("view/<slug:public_id>/restore/", saved.restore, name="view-restore"),
    path("settings/", company.settings_list, name="settings"),
    path("settings/company/", company.company, name="company"),
    path("settings/company/form-key/", company.form_key, name="form-key"),
    path("settings/export/", company.export, name="export"),
    path("settings/export/archive.zip", company.export_take, name="export-take"),
    path("settings/exports/", access.export_log, name="exports"),
    path("settings/modules/", access.module_list, name="modules"),
    path("settings/networks/", access.network_list, name="networks"),
    path("settings/roles/", roles.role_list, name="roles"),
    path("settings/roles/add/", roles.role_add, name="role-add"),
    path("settings/roles/<slug:code>/", roles.role_edit, name="role"),
    path("settings/roles/<slug:code>/rename/", roles.role_rename, name="role-rename"),
    path("settings/roles/<slug:code>/delete/", roles.role_delete, name="role-delete"),
    path("settings/employees/", employees.employee_list, name="employees"),
    path("settings/employees/add/", employees.employee_add, name="employee-add"),
    path("settings/employees/<slug:public_id>/", employees.employee_edit, name="employee"),
    path("settings/employees/<slug:public_id>/dismiss/", employees.employee_dismiss, name="employee-dismiss"),
    path("settings/employees/<slug:public_id>/return/", employees.employee_return, name="employee-return"),
    path("settings/employees/<slug:public_id>/invite/", employees.employee_invite, name="employee-invite"),
    path("settings/teams/add/", employees.team_add, name="team-add"),
    path("settings/history/", history.change_list, name="history"),
    path("settings/history/<int:change_id>/restore/", history.change_restore, name="history-restore"),
]
