"""Addresses of the kit and of the assembly."""

from isolation_table import EVERYBODY, Row

COMPONENTS = {
    "kit:components": {},
    "kit:component-workplace": {},
    "kit:component-found": {},
    "kit:component-phrase": {},
    "kit:component-ask": {"name": "strip"},
    "kit:component-page": {"name": "desk"},
}

ROWS = [
    Row("healthz", is_open=True),
    Row("healthz-work", is_open=True, answer=(503,)),  # no worker is at work here: config/tests/test_watching.py
    Row("kit:manifest", is_open=True),
    Row("kit:worker", is_open=True),
    Row("kit:offline", is_open=True),
    Row("kit:help", roles=EVERYBODY),
    Row("kit:help", roles=EVERYBODY, data=lambda w: {"q": "звонок"}),
    Row("kit:help-topic", roles=EVERYBODY, args=lambda w: {"code": "workplace"}),
    Row("kit:live-ticket", "POST", roles=EVERYBODY),
    Row("kit:component-pressed", "POST", is_open=True, answer=(404,)),
    # The component pages are there in development only.
    *(Row(name, is_open=True, answer=(404,), args=lambda w, args=args: args) for name, args in COMPONENTS.items()),
]
