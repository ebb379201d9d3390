"""What clients write when they order by a letter: lines, tables, words around them."""

from voronka.orders.rules.letters.said import MOST_SAID, Said, number_of
from voronka.orders.rules.letters.tables import read_rows
from voronka.orders.rules.letters.text import ReadText, read_text

__all__ = ["MOST_SAID", "ReadText", "Said", "number_of", "read_rows", "read_text"]
