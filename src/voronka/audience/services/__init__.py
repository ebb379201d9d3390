"""What may be done with the reports and their facts."""

from voronka.audience.services.exporting import log_export, require_export
from voronka.audience.services.facts import compare_with_log, rebuild, take_in

__all__ = ["compare_with_log", "log_export", "rebuild", "require_export", "take_in"]
