"""A hundred sign-ins with forged addresses over two processes: the limit is one, and it is kept."""

import subprocess
import sys
import textwrap

import pytest

from voronka.accounts.testing import make_company, user_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PROGRAM = textwrap.dedent(
    """
    import sys, django
    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse
    settings.ALLOWED_HOSTS = ["testserver"]
    email, mine = sys.argv[1], int(sys.argv[2])
    tried = 0
    for n in range(50):
        answer = Client().post(
            reverse("account_login"),
            {"login": email, "password": "wrong-wrong-wrong"},
            headers={"x-forwarded-for": f"10.{mine}.{n}.1", "accept-language": "en"},
        )
        assert answer.status_code in (200, 429), answer.status_code
        tried += "do not fit" in answer.content.decode()
    print(tried)
    """
)


def test_the_limit_is_one_over_all_processes():
    email = user_of(make_company().owner).email
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, email, str(mine)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for mine in range(2)
    ]
    tried = 0
    for process in running:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err[-2000:]
        tried += int(out)
    assert tried == 5, "five wrong passwords in five minutes for one person, whoever counts"
