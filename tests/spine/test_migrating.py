"""The base that migrations have laid is the one that the models tell of: columns, indexes, constraints."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ModelState, ProjectState

from voronka.config.migrating import PATCHED, models_drawn_alone

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
    usual = {name: getattr(ProjectState, name) for name in PATCHED}
    with pytest.raises(RuntimeError, match="broken"), models_drawn_alone():
        assert all(getattr(ProjectState, name) is not one for name, one in usual.items())
        raise RuntimeError("broken")
    assert {name: getattr(ProjectState, name) for name in PATCHED} == usual


def test_a_new_model_and_a_new_column_draw_no_other_model(monkeypatch):
    drawn = []
    usual = ProjectState._reload

    def reload(state, related):
        drawn.append(sorted(related))
        usual(state, related)

    monkeypatch.setattr(ProjectState, "_reload", reload)
    state = ProjectState()
    with models_drawn_alone():
        state.add_model(ModelState("one", "House", [("id", models.AutoField(primary_key=True))]))
        assert len(state.apps.get_models()) == 1  # from here on each change is drawn
        room = [("id", models.AutoField(primary_key=True)), ("house", models.ForeignKey("one.House", models.CASCADE))]
        state.add_model(ModelState("one", "Room", room))
        other = models.ForeignKey("one.House", models.CASCADE, null=True, related_name="+")
        state.add_field("one", "room", "other", other, preserve_default=True)
        assert drawn == [[("one", "room")], [("one", "room")]]
        table = state.apps.get_model("one", "Room")._meta.get_field("other").remote_field.model._meta.db_table
        assert table == "one_house"
        state.alter_field("one", "house", "id", models.BigAutoField(primary_key=True), preserve_default=True)
        assert drawn[-1] == [("one", "house"), ("one", "room")], "a changed key is drawn with all that lead to it"
