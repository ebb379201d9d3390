"""The days of the demo: who works when, and what waits at the moment it is started, whatever the hour."""

import heapq
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from voronka.config.demo.places import places
from voronka.config.demo.rails import Worker
from voronka.config.demo.story import Story
from voronka.deals.models import Deal
from voronka.deals.services.locking import calling_hours
from voronka.people.models import Client
from voronka.work.queries import CallingHours

# Minutes from the start at which somebody was promised a call: late, now, over the day.
_PROMISES = (-14, -3, 12, 35, 60, 95, 150, 210, 270, 345, 420, 530, 640)
_FRESH_MINUTES = (1, 2, 4, 7, 11, 16)
_SESSION = timedelta(hours=4)
_CAMPAIGN = 6 * 86_400  # seconds
_LEAST_PRESSES, _LEAST_READY = 18, 8


def live(story: Story, old: Sequence[Client], leads: Sequence[Client], begin: datetime) -> None:
    """Live from `begin` to the story's present: arrivals, working hours, calls."""
    arrivals: list[tuple[datetime, int, Client]] = [(one.made_at, one.pk, one) for one in leads]
    arrivals += [(at, client.pk, client) for client, at in _returns(story, old, begin)]
    heapq.heapify(arrivals)
    turns = [(worker.next_start(begin), at) for at, worker in enumerate(story.workers)]
    heapq.heapify(turns)
    known = {one.pk: number for number, one in enumerate(old)}
    while turns:
        at, number = heapq.heappop(turns)
        if at >= story.now:
            break
        while arrivals and arrivals[0][0] <= at:
            came, _pk, client = heapq.heappop(arrivals)
            _arrive(story, client, came, known.get(client.pk))
        heapq.heappush(turns, (_turn(story, story.workers[number], at), number))
    for came, _pk, client in sorted(arrivals, key=lambda one: one[:2]):
        if came <= story.now:
            _arrive(story, client, came, known.get(client.pk))


def _returns(story: Story, old: Sequence[Client], begin: datetime) -> list[tuple[Client, datetime]]:
    """Choose which clients of before are offered something again, and when."""
    found = []
    span = (story.now - begin).total_seconds()
    for client in old:
        luck = story.chance.random()
        if luck < 0.9:
            # A third of them in one campaign of the last days: it is what the backlog is made of.
            days = span * story.chance.random() if luck < 0.55 else span - story.chance.random() * _CAMPAIGN
            at = begin + timedelta(seconds=days)
            found.append((client, at.replace(hour=6, minute=story.chance.randrange(60), second=0, microsecond=0)))
    return [(client, at) for client, at in found if at < story.now]


def _arrive(story: Story, client: Client, at: datetime, number: int | None) -> None:
    """Let somebody come, a client of before by his number among them: ids differ from one filling to the next."""
    if number is None:
        story.open_deal(client, "new_lead", at)
        return
    code = "repeat_sale" if client.purchases_sum else "win_back"
    worker = _owner_of(story, client, number)
    client.responsible_id = worker.actor.employee_id
    ready = calling_hours(Deal(company=story.company, client=client)).next_open(at)
    story.open_deal(client, code, at, worker=worker, ready_at=ready)


def _owner_of(story: Story, client: Client, number: int) -> Worker:
    """Return the manager of an old client: mostly one whose clock is near.

    A quarter of the clients, and those who answer round the clock, are anybody's: nobody's night is empty.
    """
    workers = story.workers
    if client.call_closes_minute == 1440 or number % 4 == 0:
        return workers[number % 7 % len(workers)]
    own = story.now.astimezone(ZoneInfo(client.zone)).utcoffset() or timedelta()
    away = [abs((story.now.astimezone(one.zone).utcoffset() or timedelta()) - own) for one in workers]
    near = [worker for worker, distance in zip(workers, away, strict=True) if distance == min(away)]
    return near[number % len(near)]


def _turn(story: Story, worker: Worker, at: datetime) -> datetime:
    """Let a manager take one client, and say when he is free again."""
    if not worker.is_at_work(at):
        return worker.next_start(at)
    deal = story.next_for(worker, at)
    if deal is None:
        return at + timedelta(minutes=story.chance.randint(6, 14))
    return at + _call(story, worker, deal, at) * story.pace


def _call(story: Story, worker: Worker, deal: Deal, at: datetime) -> timedelta:
    """Call a client: a press, sometimes taken back and pressed again, sometimes with a note."""
    chance = story.chance
    ending = story.choose_ending(deal)
    old_task = deal.open_task
    assert old_task is not None
    if chance.random() < 0.012 and at + timedelta(seconds=20) < story.now:
        slip = story.press(worker, deal, at, ("miss", "busy"))
        story.undo(worker, slip, deal, at + timedelta(seconds=chance.randint(2, 8)), old_task)
        at += timedelta(seconds=15)
    story.press(worker, deal, at, ending, from_feed=old_task.closed_at is None)
    if ending[0] == "miss":
        return timedelta(seconds=chance.randint(120, 330))
    if chance.random() < 0.16:
        story.crowd.note(deal.client, worker.actor.person_id, at)
    return timedelta(seconds=chance.randint(480, 1500))


def finish_today(story: Story) -> None:
    """Give every manager a day that is under way: done presses, promises ahead, fresh leads, work that is due."""
    for worker in story.workers:
        _session(story, worker)
    for worker in story.workers:
        _promise(story, worker)
    for worker in story.workers:
        _make_due(story, worker)
    _fresh_leads(story)


def _session(story: Story, worker: Worker) -> None:
    """Where the day has hardly begun by the manager's clock (or is a day off), he has worked for a while already."""
    midnight = story.now.astimezone(worker.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    mine = worker.actor.employee_id
    done = sum(row.employee_id == mine and row.at >= midnight for row in story.book.presses)
    wanted = max(round(_LEAST_PRESSES / story.pace), 6)
    if done >= wanted:
        return
    start = max(midnight, story.now - _SESSION)
    pause = max((story.now - start) / 40, timedelta(seconds=20))
    at = start + pause / 2
    while at < story.now - timedelta(minutes=1) and done < wanted * 1.4:
        deal = story.next_for(worker, at)
        is_next = deal is not None
        if deal is None:  # nobody is due: he opens a client by hand
            quiet = _own_deals(story, worker, at - timedelta(hours=5))
            deal = next((one for one in quiet if _is_plain(one) and story.hours_of(one).is_open(at)), None)
        if deal is not None and max(story.last_press.get(deal.pk, deal.made_at), deal.made_at) < at:
            story.press(worker, deal, at, story.choose_ending(deal), from_feed=is_next)
            done += 1
        at += pause * story.chance.uniform(0.6, 1.9)


def _own_deals(story: Story, worker: Worker, quiet_since: datetime) -> list[Deal]:
    """Return the manager's open deals that nobody has touched since the moment."""
    mine = worker.actor.employee_id
    found = [
        deal
        for deal in story.book.deals
        if deal.state == Deal.State.OPEN
        and deal.responsible_id == mine
        and max(story.last_press.get(deal.pk, deal.made_at), deal.made_at) < quiet_since
    ]
    story.chance.shuffle(found)
    return found


def _promise(story: Story, worker: Worker) -> None:
    """Promise calls over the coming hours to clients who may be called then."""
    now = story.now.replace(second=0, microsecond=0)
    quiet = story.now - timedelta(hours=7)
    deals = _own_deals(story, worker, quiet)
    for minutes in _PROMISES:
        at = now + timedelta(minutes=minutes)
        at -= timedelta(minutes=at.minute % 5 if minutes > 0 else 0)
        deal = next((one for one in deals if story.hours_of(one).is_open(at) and _is_plain(one)), None)
        if deal is None:
            continue
        deals.remove(deal)
        asked = story.now - timedelta(hours=story.chance.uniform(2, 6.5))
        story.press(worker, deal, asked, ("back", "later"), given={"at": at}, from_feed=False)


def _is_plain(deal: Deal) -> bool:
    return deal.open_task is not None and deal.open_task.band != 0


def _make_due(story: Story, worker: Worker) -> None:
    """See to it that the manager has somebody to call right now: a miss of half an hour ago, to be tried again."""
    own = [
        deal
        for deal in story.book.deals
        if deal.state == Deal.State.OPEN and deal.open_task is not None and deal.open_task.pool_id == worker.pool_id
    ]
    ready = sum(story.is_callable(deal, story.now) for deal in own)
    waiting = [
        deal
        for deal in _own_deals(story, worker, story.now - timedelta(hours=3))
        if _is_plain(deal) and story.hours_of(deal).is_open(story.now) and not story.is_callable(deal, story.now)
    ]
    for deal in waiting[: max(0, _LEAST_READY - ready)]:
        misses, deal.misses = deal.misses, 0
        deal.misses = min(misses, 1)
        ago = timedelta(minutes=6 if deal.misses == 0 else 31) + timedelta(minutes=story.chance.uniform(1, 20))
        story.press(worker, deal, story.now - ago, ("miss", "silent"), from_feed=False)


def _fresh_leads(story: Story) -> None:
    """Let a few people have asked in the last minutes, from where it is day."""
    cities, _shares = places()
    for minutes in _FRESH_MINUTES:
        at = story.now - timedelta(minutes=minutes, seconds=story.chance.randrange(50))
        awake = [one for one in cities if CallingHours.of(one.zone, 540, 1200).is_open(story.now)]
        if awake:
            client = story.crowd.person(story.chance.choice(awake), at)
            client.call_opens_minute = client.call_closes_minute = None
        else:  # the hours when no city of the country may be called: those who answer round the clock
            client = story.crowd.firm(story.chance.choice(cities), at)
            client.call_opens_minute, client.call_closes_minute = 0, 1440
        story.crowd.lead(client, at)
        story.open_deal(client, "new_lead", at)
