"""Voronka: sales automation for businesses that sell in Russian."""
