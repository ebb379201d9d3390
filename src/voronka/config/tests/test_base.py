"""The tests stand on what production has: the app role, real walls."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_tests_connect_as_the_app_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, count(*) FROM pg_class WHERE relowner = current_user::regrole GROUP BY 1"
        )
        assert cursor.fetchone() is None
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("voronka_app",)
