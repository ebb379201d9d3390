"""Scopes: what a key may be made for, in words that programs use, and the rights of the parts behind each.

A key has the rights of its scopes as far as its maker has them himself. An operation asks for one scope; the verbs
it calls ask for the rights, as they do of people.
"""

from collections.abc import Iterable, Mapping

from voronka.kit.actors import Reach

COMPANY_READ = "company:read"
CLIENTS_READ = "clients:read"
CLIENTS_WRITE = "clients:write"
CLIENTS_MERGE = "clients:merge"
CLIENTS_BULK = "clients:bulk"
CLIENTS_DELETE = "clients:delete"
CLIENTS_HISTORY = "clients:history"
LISTS_READ = "lists:read"
LISTS_WRITE = "lists:write"
LISTS_WALK = "lists:walk"
LEADS_WRITE = "leads:write"
LEADS_READ = "leads:read"
LEADS_SORT = "leads:sort"
FIELDS_WRITE = "fields:write"
DEALS_READ = "deals:read"
DEALS_WRITE = "deals:write"
DOCUMENTS_READ = "documents:read"
DOCUMENTS_WRITE = "documents:write"
PAYMENTS_READ = "payments:read"
PAYMENTS_WRITE = "payments:write"
TASKS_READ = "tasks:read"
TASKS_WORK = "tasks:work"
TASKS_WRITE = "tasks:write"
PLANNER_READ = "planner:read"
PLANNER_WRITE = "planner:write"
REMINDERS_READ = "reminders:read"
REMINDERS_WRITE = "reminders:write"
LETTERS_WRITE = "letters:write"
MESSAGES_READ = "messages:read"
MESSAGES_WRITE = "messages:write"
GOODS_READ = "goods:read"
GOODS_WRITE = "goods:write"
PRICES_WRITE = "prices:write"
PRICE_LISTS_LOAD = "price-lists:load"
STOCK_READ = "stock:read"
STOCK_WRITE = "stock:write"
ORDERS_READ = "orders:read"
ORDERS_WRITE = "orders:write"
ORDERS_SHIP = "orders:ship"
RETURNS_WRITE = "returns:write"
ANSWERS_READ = "answers:read"
ANSWERS_WRITE = "answers:write"
CAMPAIGNS_READ = "campaigns:read"
CAMPAIGNS_WRITE = "campaigns:write"
CAMPAIGNS_RUN = "campaigns:run"
TALKS_READ = "talks:read"
TALKS_WRITE = "talks:write"
PROMO_READ = "promos:read"
PROMO_WRITE = "promos:write"
REFERRALS_READ = "referrals:read"
REFERRALS_WRITE = "referrals:write"
REFERRALS_PAY = "referrals:pay"
REFERRALS_TERMS = "referrals:terms"
SURVEYS_READ = "surveys:read"
SURVEYS_WRITE = "surveys:write"
SITE_READ = "site:read"
TESTS_READ = "tests:read"
AUTOMATIONS_READ = "automations:read"
AUTOMATIONS_WRITE = "automations:write"
REPLENISHMENT_READ = "replenishment:read"
REPLENISHMENT_WRITE = "replenishment:write"
LOST_SALES_WRITE = "lost-sales:write"
IMPORTS_RUN = "imports:run"
REPORTS_READ = "reports:read"
EVENTS_READ = "events:read"
WEBHOOKS_MANAGE = "webhooks:manage"
SETTINGS_READ = "settings:read"
SETTINGS_WRITE = "settings:write"
STAFF_READ = "staff:read"
STAFF_WRITE = "staff:write"

_SETTINGS = frozenset(
    {
        "kit.change_settings", "deals.edit_buttons", "people.manage_fields", "work.manage_task_kinds",
        "people.see_clients", "people.sort_leads", "messaging.edit_templates",
        "accounts.see_exports",
    }
)  # fmt: skip
_STAFF = frozenset({"accounts.manage_employees", "accounts.manage_roles", "work.manage_hours", "deals.assign"})

RIGHTS: Mapping[str, frozenset[str]] = {
    COMPANY_READ: frozenset(),
    CLIENTS_READ: frozenset({"people.see_clients"}),
    CLIENTS_WRITE: frozenset({"people.see_clients", "people.edit_clients", "people.create_clients"}),
    CLIENTS_MERGE: frozenset({"people.see_clients", "people.edit_clients"}),
    CLIENTS_BULK: frozenset({"people.see_clients", "people.edit_clients", "people.bulk_edit"}),
    CLIENTS_DELETE: frozenset({"people.see_clients", "people.delete_clients"}),
    CLIENTS_HISTORY: frozenset({"people.see_clients", "kit.see_history"}),
    LISTS_READ: frozenset({"people.see_clients", "deals.see"}),
    LISTS_WRITE: frozenset({"people.see_clients", "deals.see", "accounts.share_views"}),
    LISTS_WALK: frozenset({"people.see_clients", "deals.see", "deals.press", "deals.open", "work.feed"}),
    LEADS_WRITE: frozenset({"people.create_clients"}),
    LEADS_READ: frozenset({"people.sort_leads", "people.see_clients", "deals.see"}),
    LEADS_SORT: frozenset({"people.sort_leads", "people.see_clients", "deals.see", "deals.open"}),
    FIELDS_WRITE: frozenset({"people.manage_fields"}),
    DEALS_READ: frozenset({"deals.see"}),
    DEALS_WRITE: frozenset(
        {
            "deals.see", "deals.open", "deals.press", "deals.assign", "deals.undo_later",
            "people.see_clients", "people.edit_clients",
        }
    ),
    DOCUMENTS_READ: frozenset({"billing.see_documents", "people.see_clients"}),
    DOCUMENTS_WRITE: frozenset({"billing.see_documents", "billing.issue", "people.see_clients"}),
    PAYMENTS_READ: frozenset({"billing.see_money", "people.see_clients"}),
    PAYMENTS_WRITE: frozenset(
        {"billing.take_money", "billing.see_money", "billing.see_documents", "people.see_clients"}
    ),
    TASKS_READ: frozenset({"work.feed", "work.see_load", "work.see_tasks", "people.see_clients", "deals.see"}),
    TASKS_WORK: frozenset({"work.feed", "deals.see"}),
    TASKS_WRITE: frozenset({"work.set_tasks", "work.see_tasks", "people.see_clients", "deals.see"}),
    PLANNER_READ: frozenset({"work.plan", "work.see_load", "people.see_clients", "deals.see"}),
    PLANNER_WRITE: frozenset({"work.plan", "work.see_load", "people.see_clients", "deals.see", "deals.assign"}),
    REMINDERS_READ: frozenset({"people.see_clients", "deals.see", "work.see_tasks"}),
    REMINDERS_WRITE: frozenset(),
    LETTERS_WRITE: frozenset({"messaging.edit_templates", "people.see_clients"}),
    MESSAGES_READ: frozenset({"messaging.see", "people.see_clients"}),
    MESSAGES_WRITE: frozenset({"messaging.write", "messaging.see", "people.see_clients"}),
    GOODS_READ: frozenset({"catalogue.see", "catalogue.see_cost"}),
    GOODS_WRITE: frozenset({"catalogue.see", "catalogue.edit"}),
    PRICES_WRITE: frozenset(
        {"catalogue.see", "catalogue.change_prices", "catalogue.release_prices", "people.see_clients"}
    ),
    PRICE_LISTS_LOAD: frozenset({"catalogue.load_lists", "catalogue.see", "catalogue.edit"}),
    STOCK_READ: frozenset({"stock.see", "stock.see_cost", "catalogue.see"}),
    STOCK_WRITE: frozenset(
        {
            "stock.see", "stock.receive", "stock.move", "stock.write_off", "stock.count", "stock.settle",
            "stock.order", "stock.set_up", "catalogue.see",
        }
    ),
    ORDERS_READ: frozenset({"orders.see", "orders.ship", "orders.return", "people.see_clients"}),
    ORDERS_WRITE: frozenset(
        {
            "orders.see", "orders.make", "orders.change", "people.see_clients", "catalogue.see", "loyalty.redeem",
            "stock.reserve",
        }
    ),
    ORDERS_SHIP: frozenset({"orders.see", "orders.ship", "people.see_clients", "stock.ship"}),
    RETURNS_WRITE: frozenset({"orders.see", "orders.return", "people.see_clients"}),
    ANSWERS_READ: frozenset({"messaging.see_answers"}),
    ANSWERS_WRITE: frozenset({"messaging.see_answers", "messaging.edit_answers"}),
    AUTOMATIONS_READ: frozenset({"flows.see", "people.see_clients", "deals.see", "orders.see", "messaging.talk"}),
    AUTOMATIONS_WRITE: frozenset(
        {"flows.see", "flows.edit", "flows.run", "people.see_clients", "deals.see", "orders.see", "messaging.talk"}
    ),
    CAMPAIGNS_READ: frozenset({"messaging.see_campaigns", "people.see_clients"}),
    CAMPAIGNS_WRITE: frozenset({"messaging.see_campaigns", "messaging.edit_campaigns", "people.see_clients"}),
    CAMPAIGNS_RUN: frozenset({"messaging.see_campaigns", "messaging.run_campaigns", "people.see_clients"}),
    TALKS_READ: frozenset({"messaging.talk"}),
    TALKS_WRITE: frozenset({"messaging.talk", "messaging.write", "people.see_clients", "catalogue.see"}),
    PROMO_READ: frozenset({"loyalty.see", "loyalty.redeem", "loyalty.set_up", "people.see_clients"}),
    PROMO_WRITE: frozenset({"loyalty.see", "loyalty.set_up", "people.see_clients"}),
    REFERRALS_READ: frozenset({"loyalty.see", "loyalty.set_up", "loyalty.pay", "people.see_clients"}),
    REFERRALS_WRITE: frozenset({"loyalty.redeem", "people.see_clients"}),
    REFERRALS_PAY: frozenset({"loyalty.see", "loyalty.pay", "people.see_clients"}),
    REFERRALS_TERMS: frozenset({"loyalty.set_up"}),
    SURVEYS_READ: frozenset({"care.see", "people.see_clients"}),
    SURVEYS_WRITE: frozenset({"care.see", "care.set_up"}),
    SITE_READ: frozenset({"site.see", "people.see_clients"}),
    TESTS_READ: frozenset({"trials.see"}),
    REPLENISHMENT_READ: frozenset({"stock.see", "stock.see_cost"}),
    REPLENISHMENT_WRITE: frozenset({"stock.see", "stock.order", "stock.move"}),
    LOST_SALES_WRITE: frozenset({"stock.see", "stock.reserve", "people.see_clients"}),
    IMPORTS_RUN: frozenset({"people.import_clients", "people.manage_fields", "people.see_clients"}),
    REPORTS_READ: frozenset({"audience.see_reports"}),
    EVENTS_READ: frozenset({"kit.see_history"}),
    WEBHOOKS_MANAGE: frozenset({"connect.manage_webhooks"}),
    SETTINGS_READ: _SETTINGS,
    SETTINGS_WRITE: _SETTINGS,
    STAFF_READ: _STAFF,
    STAFF_WRITE: _STAFF,
}  # fmt: skip

# Rights that no program gives or takes: by them a stolen key would outlive itself in a person of its own.
PEOPLE_ONLY = frozenset(
    {
        "accounts.back_up", "accounts.manage_employees", "accounts.manage_roles", "connect.manage_keys",
        "kit.change_settings",
    }
)  # fmt: skip


def narrowed(own: Mapping[str, Reach], scopes: Iterable[str]) -> dict[str, Reach]:
    """Return the rights of a key: those of its scopes, each no wider than its maker's. Unknown scopes give nothing."""
    named = {right for scope in scopes for right in RIGHTS.get(scope, frozenset())}
    return {code: reach for code, reach in own.items() if code in named}


def giveable(own: Mapping[str, Reach]) -> dict[str, Reach]:
    """Return how far a key of a maker with these rights may give rights to others: his own, but PEOPLE_ONLY."""
    return {code: reach for code, reach in own.items() if code not in PEOPLE_ONLY}
