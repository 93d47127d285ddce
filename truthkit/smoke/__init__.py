"""Templates tried one after the other in one browser: rendered, filled in by the automatic worker, submitted."""

from truthkit.smoke.smoke import smoke
from truthkit.smoke.trial import TemplateResult

__all__ = ["TemplateResult", "smoke"]
