"""Whose row is it: cards with the same signs are found in one question and judged by the rules."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connection

from voronka.people.rules.import_plan import Contact
from voronka.people.services.imports.cards import COLUMNS, Card
from voronka.people.services.imports.signs import STRONG

# A number or address that more cards share than this (a desk's phone) finds only the oldest of them. A birthday, or a
# surname in a city, that so many share says nothing of one person, and is passed over.
MOST_PER_KEY = 20


def find_ids(company_id: int, keys: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """Return id and name key of the cards that have each of the signs.

    Signs without a card are left out, and so are crowded ones that prove nothing by themselves.
    """
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    if not keys:
        return found
    with connection.cursor() as cursor:
        # No order is asked for: with one, the planner reads all cards of a sign, or walks the company by their ids. The
        # unique key gives the oldest first. The name is looked up one by one, since on a table without statistics it
        # would join by reading all of it. Signs are sent as one document: as an array each takes ten times as long.
        cursor.execute(
            "SELECT k.key, m.client_id,"
            " (SELECT name_key FROM people_client c WHERE c.company_id = %(company)s AND c.id = m.client_id"
            "  AND c.binned_at IS NULL)"
            " FROM jsonb_array_elements_text(%(keys)s::jsonb) AS k (key) CROSS JOIN LATERAL"
            " (SELECT array_agg(client_id) AS ids FROM (SELECT client_id FROM people_matchkey"
            "  WHERE company_id = %(company)s AND key = k.key LIMIT %(most)s) oldest) found CROSS JOIN LATERAL"
            " unnest(CASE WHEN cardinality(ids) < %(most)s OR left(k.key, 1) = ANY(%(strong)s) THEN ids END)"
            " AS m (client_id)",
            {"company": company_id, "keys": json.dumps(list(keys)), "most": MOST_PER_KEY, "strong": list(STRONG)},
        )
        for key, client_id, name_key in cursor.fetchall():
            if name_key is not None:  # in the recycle bin there is nobody to be found
                found[key].append((client_id, name_key))
    return found


def load_cards(company_id: int, ids: Collection[int], *, lock: bool = False) -> dict[int, Card]:
    """Return the cards of these ids with contacts and addresses; with `lock` they stay so to the transaction's end."""
    if not ids:
        return {}
    order = sorted(ids)
    with connection.cursor() as cursor:
        columns = ", ".join(f'"{name}"' for name in COLUMNS)
        cursor.execute(
            f"SELECT id, version, responsible_id, {columns} FROM people_client"  # noqa: S608 - our own column names
            f" WHERE company_id = %s AND id = ANY(%s) AND binned_at IS NULL ORDER BY id {'FOR UPDATE' if lock else ''}",
            [company_id, order],
        )
        cards = {
            row[0]: Card(
                id=row[0],
                version=row[1],
                known_version=row[1],
                responsible_id=row[2],
                values=dict(zip(COLUMNS, row[3:], strict=True)),
                contacts=[],
                keys=set(),
            )
            for row in cursor.fetchall()
        }
        cursor.execute(
            "SELECT client_id, kind, value, raw, extension FROM people_contactpoint"
            " WHERE company_id = %s AND client_id = ANY(%s) ORDER BY client_id, position, id",
            [company_id, order],
        )
        for client_id, kind, value, raw, extension in cursor.fetchall():
            if client_id in cards:
                cards[client_id].contacts.append(Contact(kind, value, raw, extension))
        cursor.execute(
            "SELECT client_id, line FROM people_address"
            " WHERE company_id = %s AND client_id = ANY(%s) ORDER BY client_id, position, id",
            [company_id, order],
        )
        for client_id, line in cursor.fetchall():
            if client_id in cards:
                cards[client_id].addresses.append(line)
    for card in cards.values():
        custom = card.values["fields"]
        card.values["fields"] = _json(custom)
    return cards


def _json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def load_keys(company_id: int, cards: Iterable[Card]) -> None:
    """Fill in the signs that the cards have already."""
    by_id = {card.id: card for card in cards}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT client_id, key FROM people_matchkey WHERE company_id = %s AND client_id = ANY(%s)",
            [company_id, sorted(by_id)],
        )
        for client_id, key in cursor.fetchall():
            by_id[client_id].keys.add(key)
