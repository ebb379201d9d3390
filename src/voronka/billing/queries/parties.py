"""The sides of a paper, taken from requisites and clients."""

from voronka.billing.models import Account, Requisites
from voronka.billing.rules.papers import Party
from voronka.kit.actors import Actor
from voronka.kit.wording import phone as phone_words
from voronka.people import queries as people


def seller_of(own: Requisites, account: Account | None) -> Party:
    """Return the company's own side."""
    return Party(
        name=own.name,
        inn=own.inn,
        kpp=own.kpp,
        ogrn=own.ogrn,
        ogrn_day=own.ogrn_on,
        okpo=own.okpo,
        address=own.address,
        phone=own.phone,
        bank=account.bank if account else "",
        bik=account.bik if account else "",
        account=account.number if account else "",
        corr_account=account.corr_account if account else "",
        director=own.director,
        director_post=own.director_post,
        acting=own.acting,
        accountant=own.accountant,
        is_trader=own.is_trader,
    )


def buyer_of(client_id: int | None) -> Party:
    """Return a client's side as his card has it now."""
    if client_id is None:
        return Party("")
    client = people.get_client_row(client_id)
    phone = people.main_phone(client_id)
    return Party(
        name=client.name,
        inn=client.inn,
        kpp=client.kpp,
        ogrn=client.ogrn,
        address=client.address or client.city,
        phone=phone_words(phone) if phone else "",
        bik=client.bik,
        account=client.account,
        is_trader=client.kind == "person",
    )


def party_shown(actor: Actor, party: Party) -> Party:
    """Return the side of a client without what the actor may not see of clients."""
    if not actor.limits:
        return party
    requisites = actor.sees("client.requisites")
    return Party(
        name=people.name_shown(actor, party.name),
        inn=party.inn if requisites else "",
        kpp=party.kpp if requisites else "",
        ogrn=party.ogrn if requisites else "",
        address=party.address if actor.sees("client.address") and actor.sees("client.city") else "",
        phone=party.phone if actor.sees("client.phone") else "",
        bik=party.bik if requisites else "",
        account=party.account if requisites else "",
        is_trader=party.is_trader,
    )
