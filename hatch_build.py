"""Put the built front end and the kit's workflows into the wheel; an editable install needs neither."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KitHook(BuildHookInterface):
    """``truthkit/kit`` in the wheel is like a checkout: templates/, samples/, lambdas/, layers/, frontend/dist/.

    template.yaml and LICENSE are for the projects that ``truthkit new`` makes.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        bundles = build_frontend(root / "frontend")
        kit = {bundles: "frontend/dist", root / "templates": "templates", root / "samples": "samples"}
        kit |= {root / name: name for name in ("layers", "template.yaml", "LICENSE")}
        kit[root / "docs" / "findings.md"] = "docs/findings.md"  # which `truthkit check --explain` tells from
        # truthkit_core is a top-level package of the wheel: handlers find it on the path.
        for folder in sorted((root / "lambdas").iterdir()):
            if folder.is_dir() and folder.name not in ("truthkit_core", "__pycache__"):
                kit[folder] = f"lambdas/{folder.name}"
        for source, place in kit.items():
            build_data["force_include"][str(source)] = f"truthkit/kit/{place}"


def build_frontend(frontend: Path) -> Path:
    """The folder of fresh bundles; without npm, of those that were built before (as in a source distribution)."""
    bundles = frontend / "dist"
    npm = shutil.which("npm")
    if npm:
        steps = [["run", "build"]] if (frontend / "node_modules").is_dir() else [["ci"], ["run", "build"]]
        for step in steps:
            subprocess.run([npm, "--silent", *step], cwd=frontend, check=True, env={**os.environ, "CI": "1"})
    elif not any(bundles.glob("*.js")):
        raise RuntimeError(
            "frontend/dist has no bundles and npm is not on PATH: install Node.js 20.19 or newer, then build again"
        )
    return bundles
