"""Liquid as Ground Truth speaks it: auto-escaped output, ``to_json``, signing filters, errors that name their place."""

from __future__ import annotations

from truthkit.liquid.template import Rendered, RenderError, Template

__all__ = ["RenderError", "Rendered", "Template"]
