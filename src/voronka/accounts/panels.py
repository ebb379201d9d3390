"""What accounts contribute: pages of settings, the section of the top bar, names and restoring in the history."""

from django.utils.translation import gettext_lazy as _

from voronka.accounts.permissions import BACK_UP, MANAGE_EMPLOYEES, MANAGE_ROLES, SEE_EXPORTS
from voronka.accounts.services import restoring
from voronka.kit.actors import CHANGE_SETTINGS, SEE_HISTORY
from voronka.kit.screens import Section, register_section
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.kit.timeline import named_by

restoring.register()
named_by(
    "SELECT trim(who.first_name || ' ' || who.last_name) FROM accounts_employee who"
    " WHERE who.company_id = e.company_id AND who.id = e.employee_id"
)
register_section(Section("settings", _("Settings"), "/settings/", order=90, right=CHANGE_SETTINGS))

for _page in (
    SettingsPage(
        "company",
        _("Company"),
        _("Name, clock, calling hours, order of the feed"),
        "building",
        "accounts:company",
        CHANGE_SETTINGS,
        SettingsGroup.COMPANY,
        order=10,
        words=_("time zone currency language feed logo"),
    ),
    SettingsPage(
        "employees",
        _("Employees"),
        _("Who works here, in which role and team; invitations"),
        "users",
        "accounts:employees",
        MANAGE_EMPLOYEES,
        SettingsGroup.COMPANY,
        order=20,
        words=_("staff invite dismiss manager team password"),
    ),
    SettingsPage(
        "roles",
        _("Roles"),
        _("Who may do what, and with whose records"),
        "shield-lock",
        "accounts:roles",
        MANAGE_ROLES,
        SettingsGroup.COMPANY,
        order=30,
        words=_("rights permissions access hide fields"),
    ),
    SettingsPage(
        "modules",
        _("Modules"),
        _("Which parts of Voronka the company uses"),
        "toggle-right",
        "accounts:modules",
        CHANGE_SETTINGS,
        SettingsGroup.COMPANY,
        order=50,
        words=_("switch off menu sections"),
    ),
    SettingsPage(
        "networks",
        _("Addresses to come in from"),
        _("From which networks people may sign in and work"),
        "shield-check",
        "accounts:networks",
        CHANGE_SETTINGS,
        SettingsGroup.SAFETY,
        order=10,
        words=_("IP allow list VPN office sign in"),
    ),
    SettingsPage(
        "exports",
        _("Log of exports"),
        _("Who took which list out as a file, how much of it, when and from where"),
        "file-export",
        "accounts:exports",
        SEE_EXPORTS,
        SettingsGroup.SAFETY,
        order=30,
        words=_("download base leak"),
    ),
    SettingsPage(
        "export",
        _("Take everything out"),
        _("All that the company owns in one archive"),
        "download",
        "accounts:export",
        BACK_UP,
        SettingsGroup.SAFETY,
        order=40,
        words=_("backup archive download"),
    ),
    SettingsPage(
        "history",
        _("History of changes"),
        _("Who changed what, when and from where; putting values back"),
        "history",
        "accounts:history",
        SEE_HISTORY,
        SettingsGroup.SAFETY,
        order=20,
        words=_("log audit restore"),
    ),
):
    register_settings_page(_page)
