"""The base that migrations have laid is the one that the models tell of: columns, indexes, constraints."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.state import ProjectState

from voronka.config.migrating import models_drawn_alone

pytestmark = pytest.mark.django_db


def ours():
    return [one for one in apps.get_models(include_auto_created=True) if one.__module__.startswith("voronka.")]


def test_every_column_index_and_constraint_of_the_models_stands_in_the_base():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, is_nullable = 'YES' AND is_generated = 'NEVER'"
            " FROM information_schema.columns WHERE table_schema = 'public'"
        )
        columns = {(table, name): is_null for table, name, is_null in cursor.fetchall()}
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'")
        names = {name for (name,) in cursor.fetchall()}
    wanted = {
        (m._meta.db_table, f.column): f.null for m in ours() if m._meta.managed for f in m._meta.local_concrete_fields
    }
    assert len(wanted) > 1_000
    assert {key: null for key, null in wanted.items() if columns.get(key) is not null} == {}
    said = [one.name for m in ours() if m._meta.managed for one in (*m._meta.indexes, *m._meta.constraints)]
    assert len(said) > 300
    assert [name for name in said if name not in names] == []


def test_models_are_drawn_as_usual_when_the_migrations_are_over():
    usual = ProjectState._find_reload_model
    with pytest.raises(RuntimeError, match="broken"), models_drawn_alone():
        assert ProjectState._find_reload_model is not usual
        raise RuntimeError("broken")
    assert ProjectState._find_reload_model is usual
