"""The demo company: invented people and ninety days of their work, made anew relative to the moment of the start."""

from voronka.config.demo.filling import fill, fill_company

__all__ = ["fill", "fill_company"]
