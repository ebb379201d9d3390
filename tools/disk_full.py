"""Fills the disk under a running database and counts what was lost: `sudo .venv/bin/python tools/disk_full.py`.

A 64 MB memory disk holds the data folder; rows are written one transaction each until the server refuses, then room
is made and every row that was acknowledged must still be there. Needs root for the mount. Exits 1 when one is lost.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from voronka.config.embedded import Cluster

SMALL = {"max_wal_size": "32MB", "min_wal_size": "32MB", "shared_buffers": "16MB", "autovacuum": "off"}


def write_until_full(cluster: Cluster) -> tuple[int, str]:
    """Write rows of 20 kB; return how many were acknowledged and what the first refusal said."""
    acknowledged = 0
    try:
        with psycopg.connect(cluster.url(database="postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE rows (n int PRIMARY KEY, filling text)")
            connection.execute("ALTER TABLE rows ALTER filling SET STORAGE EXTERNAL")
            while True:
                connection.execute("INSERT INTO rows VALUES (%s, repeat('x', 20000))", [acknowledged + 1])
                acknowledged += 1
    except psycopg.Error as error:
        return acknowledged, str(error).strip().splitlines()[0]


def main() -> int:
    """Mount, fill, make room, compare; return the exit code."""
    place = Path(tempfile.mkdtemp(prefix="voronka-full-"))
    place.chmod(0o755)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", place], check=True)
    cluster = Cluster(place / "postgres", SMALL)
    try:
        (place / "ballast").write_bytes(b"\0" * 3_000_000)
        cluster.start()
        acknowledged, said = write_until_full(cluster)
        crashed = not cluster.is_running() or not cluster.answers()
        (place / "ballast").unlink()
        if not cluster.is_running():
            cluster.start()
        for _ in range(600):  # after a full log the server recovers by itself, once there is room
            if cluster.answers():
                break
            time.sleep(0.1)
        with psycopg.connect(cluster.url(database="postgres")) as connection:
            row = connection.execute("SELECT count(*), max(n) FROM rows").fetchone()
    finally:
        cluster.stop()
        subprocess.run(["umount", place], check=False)
        place.rmdir()
    assert row is not None
    print(f"acknowledged {acknowledged}, kept {row[0]}, lost {max(acknowledged - row[0], 0)}")
    print(f"the refusal said: {said}; the server {'went down' if crashed else 'stayed up'}")
    return 1 if row[0] < acknowledged else 0


if __name__ == "__main__":
    sys.exit(main())
