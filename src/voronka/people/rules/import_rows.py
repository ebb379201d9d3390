"""A row of a file read as a client: cells become values, contacts, signs; what is wrong or was put right is noted.

Plain values in and out, so that another process can do it. Nothing here asks the base or raises.
"""

from collections.abc import Callable, Iterable, Sequence

from voronka.kit.requisites import Requisite, parse_account, parse_bik, parse_inn, parse_kpp, parse_ogrn
from voronka.kit.tables import Cell, Row
from voronka.people.rules.duplicates import blocking_keys
from voronka.people.rules.emails import parse_emails
from voronka.people.rules.import_cells import READERS, as_text, gender_of, is_plain_sum, line_of, plain_text, raw
from voronka.people.rules.import_plan import (
    ADDRESSES,
    BLANK,
    CONSENTS,
    FIX,
    HEED,
    LATE,
    MESSENGERS,
    MOST_CONTACTS,
    REJECT,
    REQUISITES,
    TEXTS,
    WITHOUT,
    Contact,
    Note,
    Plan,
    ReadRow,
    person_of,
)
from voronka.people.rules.names import name_key, parse_name
from voronka.people.rules.phones import display, parse_phones
from voronka.people.rules.reading import says_nothing
from voronka.people.rules.texts import clean_text
from voronka.people.rules.values import parse_bool, parse_date, parse_money
from voronka.people.rules.zones import choose_zone

_PARSERS: dict[str, Callable[[str, str], Requisite]] = {
    "inn": lambda text, bik: parse_inn(text),
    "kpp": lambda text, bik: parse_kpp(text),
    "ogrn": lambda text, bik: parse_ogrn(text),
    "bik": lambda text, bik: parse_bik(text),
    "account": parse_account,
}


def read_rows(plan: Plan, rows: Iterable[Row]) -> list[ReadRow]:
    """Return each row of a file as the plan of its columns reads it, in order; what is wrong stands in the row."""
    reader = _Reader(plan)
    return [reader.read(row) for row in rows]


class _Reader:
    """Reads rows by a plan; what the plan says is looked up once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.columns: dict[str, list[int]] = {}
        for index, target in enumerate(plan.targets):
            if target:
                self.columns.setdefault(target, []).append(index)
        self.texts = [(name, limit, self.columns[name]) for name, limit in TEXTS.items() if name in self.columns]
        self.addresses = [(one, self.columns[one]) for one in ADDRESSES if one in self.columns]
        self.messengers = [(kind, index) for kind in MESSENGERS for index in self.columns.get(kind, ())]
        self.custom = [(target, self.columns[target][0]) for target in plan.custom if target in self.columns]

    def read(self, row: Row) -> ReadRow:
        """Read one row."""
        reading = _RowReading(self, row)
        return reading.result()


class _RowReading:
    """One row being read."""

    def __init__(self, reader: _Reader, row: Row) -> None:
        self.reader, self.row, self.cells = reader, row, row.cells
        self.notes: list[Note] = []
        self.values: dict[str, object] = {**BLANK, "fields": {}}
        self.contacts: list[Contact] = []
        self.has_address = True

    def cell(self, target: str) -> Cell:
        """Return the cell of a target that stands in one column."""
        columns = self.reader.columns.get(target)
        return self._at(columns[0]) if columns else None

    def _at(self, index: int) -> Cell:
        return self.cells[index] if index < len(self.cells) else None

    def column(self, target: str) -> int:
        """Return the column of a target, the first of several; 0 where the file has none."""
        return self.reader.columns.get(target, [0])[0]

    def bad(self, index: int, code: str, shown: str = "", *, beside_good: bool = False) -> None:
        """Note a wrong value; one that stands beside a good one of its kind never turns the row away."""
        rejects = self.reader.plan.ways.get(code, WITHOUT) == REJECT and not beside_good
        self.notes.append(Note(index, LATE if rejects else HEED, code, shown))

    def fixed(self, index: int, code: str, shown: str) -> None:
        """Note a value put right."""
        self.notes.append(Note(index, FIX, code, shown))

    def result(self) -> ReadRow:
        """Read all cells."""
        if self.row.fault:
            return self._refused(f"fault_{self.row.fault.value}")
        self._phones()
        self._emails()
        self._messengers()
        has_name = self._name()
        for name, limit, columns in self.reader.texts:
            self.values["first_source" if name == "source" else name] = self._text(columns, limit, name)
        self._addresses()
        self._region()
        self._days_and_sums()
        self._requisites()
        self._custom()
        consents = self._consents()
        late = [f"{note.code}@{note.column}" for note in self.notes if note.kind == LATE]
        if not has_name and not self.contacts:
            late.insert(0, "nobody")
            self.notes.append(Note(self._name_column(), LATE, "nobody"))
        if not has_name and self.contacts:
            first = self.contacts[0]
            self.values["name"] = display(first.value) if first.kind == "phone" else first.value
            self.values["name_key"] = name_key(str(self.values["name"]))
        self._zone()
        person = person_of(self.values, self.contacts)
        return ReadRow(
            number=self.row.number,
            values=self.values,
            contacts=self.contacts,
            keys=() if late else blocking_keys(person),
            consents=consents,
            notes=self.notes,
            reason=",".join(late)[:200],
            has_name=has_name,
            has_address=self.has_address,
        )

    def _refused(self, reason: str) -> ReadRow:
        return ReadRow(self.row.number, self.values, [], notes=[Note(0, LATE, reason)], reason=reason)

    def _name_column(self) -> int:
        for target in ("name", "last_name", "first_name", "organisation", "phone", "email"):
            if target in self.reader.columns:
                return self.column(target)
        return 0

    # --- contacts ------------------------------------------------------------------------------------------------

    def _add(self, contact: Contact) -> None:
        if len(self.contacts) < MOST_CONTACTS and all(
            (one.kind, one.value) != (contact.kind, contact.value) for one in self.contacts
        ):
            self.contacts.append(contact)

    def _phones(self) -> None:
        for index in self.reader.columns.get("phone", ()):
            cell = self._at(index)
            if cell is None or cell == "":
                continue
            found = parse_phones(cell, self.reader.plan.country)
            good = [one for one in found if one.e164]
            for one in good:
                self._add(Contact("phone", one.e164, raw(one.raw or cell), one.extension[:10]))
            wrong = next((one for one in found if not one.e164), None)
            if wrong is not None:
                self.bad(index, "bad_phone", wrong.reason, beside_good=bool(good))
            elif good:
                shown = ", ".join(display(one.e164) for one in good)
                if shown != str(cell).strip():
                    self.fixed(index, "phone", shown)

    def _emails(self) -> None:
        for index in self.reader.columns.get("email", ()):
            cell = self._at(index)
            if cell is None or cell == "":
                continue
            found = parse_emails(cell)
            good = [one for one in found if one.address]
            for one in good:
                self._add(Contact("email", one.address[:254], raw(one.raw)))
            wrong = next((one for one in found if not one.address), None)
            if wrong is not None:
                self.bad(index, "bad_email", wrong.reason, beside_good=bool(good))
            elif good and (shown := ", ".join(one.address for one in good)) != str(cell).strip():
                self.fixed(index, "email", shown)

    def _messengers(self) -> None:
        for kind, index in self.reader.messengers:
            text = line_of(self._at(index), 254)
            if not text or says_nothing(text):
                continue
            if kind in ("whatsapp", "max"):
                phones = [one for one in parse_phones(text, self.reader.plan.country) if one.e164]
                if phones:
                    self._add(Contact(kind, phones[0].e164, text))
                else:
                    self.bad(index, "bad_messenger")
                continue
            value = text.lower() if kind == "vk" else text.removeprefix("@") if kind == "telegram" else text
            if " " in value or (kind == "site" and "." not in value):
                self.bad(index, "bad_messenger")
                continue
            if kind == "site" and not value.lower().startswith(("http://", "https://")):
                value = f"https://{value}"
            self._add(Contact(kind, value, text))

    # --- who -----------------------------------------------------------------------------------------------------

    def _name(self) -> bool:
        columns = self.reader.columns
        gender = gender_of(self.cell("gender"))
        cells = {part: self.cell(f"{part}_name") for part in ("last", "first", "middle")}
        if "name" in columns or any(f"{part}_name" in columns for part in cells):
            read = parse_name(self.cell("name") or "", gender=gender, **{k: v or "" for k, v in cells.items()})
        else:
            read = parse_name("")
        index = self._name_column()
        organisation = line_of(self.cell("organisation"), 300)
        if organisation and not says_nothing(organisation):
            return self._organisation(organisation, read.name if not read.reason else "")
        if read.reason in ("", "not_a_name", "too_long") and read.name:
            self._take_name(read.kind, read.name, read.last, read.first, read.middle, read.gender or gender)
            if read.reason == "too_long":
                self.bad(index, "too_long")
            elif "name" in columns and read.name != str(self.cell("name")).strip():
                self.fixed(index, "name", read.name)
            return True
        if read.reason and read.reason != "empty":
            self.bad(index, "bad_name", read.reason)
        elif "name" in columns and self.cell("name") is not None and str(self.cell("name")).strip():
            pass  # a dash or "нет" says that there is no name
        self.values["gender"] = gender
        return False

    def _organisation(self, name: str, contact: str) -> bool:
        read = parse_name(name)
        if read.reason not in ("", "not_a_name", "too_long"):
            self.bad(self.column("organisation"), "bad_name", read.reason)
            return False
        self._take_name("organisation", name, "", "", "", "")
        if contact and contact != name:
            # The person who speaks for an organisation stays known by the comment of its card.
            self.values["comment"] = contact
        return True

    def _take_name(self, kind: str, name: str, last: str, first: str, middle: str, gender: str) -> None:
        self.values |= {
            "kind": kind,
            "name": name[:300],
            "name_key": name_key(name),
            "last_name": last[:100],
            "first_name": first[:100],
            "middle_name": middle[:100],
            "gender": gender,
        }

    def _zone(self) -> None:
        phones = [one.value for one in self.contacts if one.kind == "phone"]
        found = choose_zone(
            city=str(self.values.get("city", "")), address=str(self.values.get("address", "")), phones=phones
        )
        self.values["zone"] = found.zone or self.reader.plan.zone
        self.values["zone_source"] = found.source if found.zone else "company"
        self.values["zone_sure"] = found.sure if found.zone else False

    # --- values --------------------------------------------------------------------------------------------------

    def _text(self, columns: Sequence[int], limit: int, name: str) -> str:
        parts = [str(self.values.get(name) or "")] if name == "comment" else []
        for index in columns:
            cell = self._at(index)
            if cell is None or cell == "":
                continue
            cleaned = clean_text(plain_text(cell), limit, lines=name == "comment")
            if cleaned.reason:
                self.bad(index, "too_long")
            if cleaned.text and not (name != "comment" and says_nothing(cleaned.text)):
                parts.append(cleaned.text)
        return "\n".join(filter(None, parts))[:limit]

    def _addresses(self) -> None:
        """Read the addresses that have columns of their own; without a main one the first of them stands in for it.

        It stays among the others: the card that the row belongs to may have a main address.
        """
        found = [(target, self._text(columns, TEXTS["address"], target)) for target, columns in self.reader.addresses]
        given = [[self.reader.plan.labels.get(target, "")[:60], line] for target, line in found if line]
        if given and not self.values["address"]:
            self.has_address = False
            given[0][0] = str(self.values["address_label"] or given[0][0])
            self.values["address_label"], self.values["address"] = given[0]
        if given:
            self.values["addresses"] = given

    def _region(self) -> None:
        """A region has no field of its own: it stands before the address."""
        region = str(self.values.pop("region", ""))
        if region:
            self.values["address"] = ", ".join(filter(None, (region, str(self.values.get("address", "")))))[:500]
            given = self.values.get("addresses")
            if not self.has_address and isinstance(given, list):
                given[0][1] = self.values["address"]

    def _days_and_sums(self) -> None:
        if "birthday" in self.reader.columns:
            cell, index = self.cell("birthday"), self.column("birthday")
            read = parse_date(cell, latest=self.reader.plan.today) if cell is not None else None
            if read is not None and read.reason:
                self.bad(index, "bad_date", read.reason)
            elif read is not None and read.value is not None:
                self.values["birthday"] = read.value
        if "purchases_sum" in self.reader.columns:
            cell, index = self.cell("purchases_sum"), self.column("purchases_sum")
            money = parse_money(cell) if cell is not None else None
            if money is not None and money.reason:
                self.bad(index, "bad_sum", money.reason)
            elif money is not None and money.value is not None:
                self.values["purchases_sum"] = money.value
                if isinstance(cell, str) and not is_plain_sum(cell):
                    self.fixed(index, "sum", f"{money.value:f}")
        vip = parse_bool(self.cell("is_vip")) if "is_vip" in self.reader.columns else None
        self.values["is_vip"] = bool(vip and vip.value)

    def _requisites(self) -> None:
        bik = ""
        for name in REQUISITES:
            if name not in self.reader.columns:
                continue
            cell = self.cell(name)
            if cell is None or cell == "":
                continue
            read = _PARSERS[name](plain_text(cell), bik)
            if read.value:
                self.values[name] = read.value
                bik = read.value if name == "bik" else bik
            elif read.reason:
                self.bad(self.column(name), "bad_inn" if name == "inn" else "bad_requisite", read.reason)

    def _custom(self) -> None:
        held: dict[str, object] = {}
        for target, index in self.reader.custom:
            cell = self._at(index)
            if cell is None or (isinstance(cell, str) and says_nothing(cell)):
                continue
            kind, options = self.reader.plan.custom[target]
            value = READERS.get(kind, as_text)(cell, options)
            if value is None:
                self.bad(index, "bad_field")
            else:
                held[target.removeprefix("custom:")] = value
        self.values["fields"] = held

    def _consents(self) -> tuple[tuple[str, bool], ...]:
        found = []
        for target, purpose in CONSENTS.items():
            if target in self.reader.columns:
                answer = parse_bool(self.cell(target))
                if answer.value is not None:
                    found.append((purpose, answer.value))
        return tuple(found)
