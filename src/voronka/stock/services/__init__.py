"""The verbs of the stock."""

from voronka.stock.services.buffer_files import BufferLoad, load_buffers
from voronka.stock.services.buffers import (
    BufferDraft,
    answer_advice,
    drop_buffer,
    propose_buffers,
    save_buffers,
)
from voronka.stock.services.checking import compare_with_ledger
from voronka.stock.services.documents import (
    Heading,
    Wanted,
    cancel,
    make_document,
    plan_count,
    write_lines,
)
from voronka.stock.services.filling import add_goods, fill
from voronka.stock.services.finishing import Unsettled, finish
from voronka.stock.services.labels import print_labels
from voronka.stock.services.losing import lose_sale
from voronka.stock.services.many_buffers import BufferChange, change_buffers, drop_buffers
from voronka.stock.services.moving import Incoming, MoveLine, move, receive, return_in, write_off
from voronka.stock.services.places import (
    PlaceDraft,
    choose_damaged_place,
    order_places,
    place_for_damaged,
    place_on_the_way,
    place_outside,
    save_place,
    set_cost_method,
    set_keeping,
)
from voronka.stock.services.reading import Read, Reading, scan
from voronka.stock.services.refusals import OutOfStock, Trouble
from voronka.stock.services.replenishing import Ordered, Pick, companies_to_judge, judge_company, order_proposed
from voronka.stock.services.reserving import (
    Holder,
    Line,
    Reserved,
    allocate,
    companies_with_expired,
    expire_company,
    extend,
    release,
    reserve,
    ship,
)
from voronka.stock.services.sheets import Column, Sheet, print_sheets
from voronka.stock.services.summing import keep_sums

__all__ = [
    "BufferChange",
    "BufferDraft",
    "BufferLoad",
    "Column",
    "Heading",
    "Holder",
    "Incoming",
    "Line",
    "MoveLine",
    "Ordered",
    "OutOfStock",
    "Pick",
    "PlaceDraft",
    "Read",
    "Reading",
    "Reserved",
    "Sheet",
    "Trouble",
    "Unsettled",
    "Wanted",
    "add_goods",
    "allocate",
    "answer_advice",
    "cancel",
    "change_buffers",
    "choose_damaged_place",
    "companies_to_judge",
    "companies_with_expired",
    "compare_with_ledger",
    "drop_buffer",
    "drop_buffers",
    "expire_company",
    "extend",
    "fill",
    "finish",
    "judge_company",
    "keep_sums",
    "load_buffers",
    "lose_sale",
    "make_document",
    "move",
    "order_places",
    "order_proposed",
    "place_for_damaged",
    "place_on_the_way",
    "place_outside",
    "plan_count",
    "print_labels",
    "print_sheets",
    "propose_buffers",
    "receive",
    "release",
    "reserve",
    "return_in",
    "save_buffers",
    "save_place",
    "scan",
    "set_cost_method",
    "set_keeping",
    "ship",
    "write_lines",
    "write_off",
]
