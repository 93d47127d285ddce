"""The preview: the manifest's lines, the worker's page of one of them, and everything that comes of its answers.

Two origins, the workbench and the worker's page, so that nothing that a template does reaches the workbench.
"""

from __future__ import annotations

from truthkit.server.preview.serve import run_preview, serve_preview

__all__ = ["run_preview", "serve_preview"]
