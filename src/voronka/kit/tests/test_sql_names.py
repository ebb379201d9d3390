"""In a function written in SQL a column hides a parameter of the same name, without a word: none may bear one."""

import re

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

_FUNCTIONS = """
SELECT p.proname, p.proargnames[:p.pronargs], p.prosrc FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE n.nspname = 'public' AND l.lanname = 'sql' AND p.proargnames IS NOT NULL
"""
_COLUMNS = """
SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
WHERE table_schema = 'public' GROUP BY 1
"""


def test_no_parameter_is_hidden_by_a_column():
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        columns = {table: set(names) for table, names in cursor.fetchall()}
        cursor.execute(_FUNCTIONS)
        functions = cursor.fetchall()
    assert len(functions) > 5
    found = []
    for name, parameters, source in functions:
        tables = [columns[word] for word in set(re.findall(r"\w+", source)) if word in columns]
        used = [one for one in parameters if re.search(rf"(?<![.\w]){re.escape(one)}(?![\w.])", source)]
        found += [f"{name}({one})" for one in used if any(one in names for names in tables)]
    assert found == []
