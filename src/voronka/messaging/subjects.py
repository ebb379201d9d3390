"""The talk as a subject of files: who sees it may read what was sent in it."""

from voronka.kit.actors import Actor, Reach
from voronka.kit.files import register_reader
from voronka.messaging.permissions import TALK
from voronka.messaging.queries.talks import talks_seen


def _may_read(actor: Actor, talk_id: int) -> bool:
    return actor.reach(TALK) is not Reach.NONE and talk_id in talks_seen(actor, [talk_id])


register_reader("talk", _may_read)
