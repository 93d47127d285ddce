"""The npm package of the crowd elements: what it carries, its types in a project, the sizes that it tells."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from truthkit.elements import CATALOGUE, load_catalogue
from truthkit.project import bundles_dir

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
PACKAGE = FRONTEND / "crowd-elements"
NAME = "@truthkit/crowd-elements"


def run(*command: str | Path, cwd: Path) -> str:
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as npm unpacks it, in the ``node_modules`` of a project."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not on PATH")
    folder = tmp_path_factory.mktemp("npm")
    run(npm, "pack", "--silent", "--pack-destination", folder, cwd=PACKAGE)
    [archive] = folder.glob("*.tgz")
    scope = folder / "node_modules" / "@truthkit"
    scope.mkdir(parents=True)
    with tarfile.open(archive) as tar:
        tar.extractall(scope)  # our own package, made a moment ago
    return (scope / "package").rename(folder / "node_modules" / NAME)


def files_of(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_what_the_package_carries(packed: Path) -> None:
    files = files_of(packed)
    assert {file for file in files if not file.startswith("dist/types/")} == {
        "LICENSE",
        "README.md",
        "package.json",
        "dist/crowd-html-elements.js",
        "dist/crowd-html-elements-v2.js",
        "dist/css/crowd-html-elements-v2.css",
        "dist/custom-elements.json",
        "dist/licenses.txt",
    }
    types = {file for file in files if file.startswith("dist/types/")}
    assert types
    assert all(file.endswith(".d.ts") for file in types)


def test_the_files_are_those_that_were_built(packed: Path) -> None:
    for name in ("crowd-html-elements.js", "crowd-html-elements-v2.js", CATALOGUE, "licenses.txt"):
        assert (packed / "dist" / name).read_bytes() == (bundles_dir() / name).read_bytes()


def test_the_manifest_of_the_package_leads_to_files(packed: Path) -> None:
    manifest = json.loads((packed / "package.json").read_text("utf-8"))
    assert manifest["name"] == NAME
    assert "private" not in manifest
    targets = [manifest["types"], manifest["customElements"], *manifest["exports"]["."].values()]
    assert not [target for target in targets if not (packed / target).is_file()]
    [module] = json.loads((packed / manifest["customElements"]).read_text("utf-8"))["modules"]
    assert (packed / module["path"]).is_file()


def test_the_licenses_of_what_is_bundled_are_told(packed: Path) -> None:
    text = (packed / "dist" / "licenses.txt").read_text("utf-8")
    for name in ("json5", "lit-element", "lit-html", "@lit/reactive-element"):
        assert f"{name}\n\n" in text


@pytest.mark.parametrize("resolution", ["bundler", "nodenext"])
def test_types_in_a_project(packed: Path, resolution: str) -> None:
    project = packed.parents[2]
    for name in ("lit", "lit-element", "lit-html", "@lit", "@types/trusted-types"):
        link = project / "node_modules" / name
        if not link.exists():
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(FRONTEND / "node_modules" / name)
    tags = "\n".join(f'tags["{tag}"].localName;' for tag in load_catalogue())
    (project / "page.ts").write_text(
        f'import "{NAME}";\n'
        f'import type {{ CrowdSlider }} from "{NAME}";\n'
        'const slider: CrowdSlider | null = document.querySelector("crowd-slider");\n'
        "export const value: number | undefined = slider?.value;\n"
        "declare const tags: HTMLElementTagNameMap;\n"
        f"{tags}\n"
        "// @ts-expect-error: it is a number\n"
        'export const text: string = document.createElement("crowd-slider").value;\n'
    )
    options = {
        "target": "ES2022",
        "lib": ["ES2022", "DOM", "DOM.Iterable"],
        "module": "nodenext" if resolution == "nodenext" else "esnext",
        "moduleResolution": resolution,
        "strict": True,
        "noEmit": True,
        "types": [],
        "preserveSymlinks": True,
    }
    (project / "package.json").write_text('{"type": "module"}')
    (project / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["page.ts"]}))
    node = shutil.which("node")
    assert node
    run(node, FRONTEND / "node_modules/typescript/bin/tsc", "-p", "tsconfig.json", cwd=project)


def test_the_sizes_that_the_readme_tells() -> None:
    """``npm run size`` in frontend/ writes them anew."""
    text = (PACKAGE / "README.md").read_text("utf-8")
    table = re.search(r"<!-- size -->\n(.*?)<!-- /size -->", text, re.DOTALL)
    assert table
    rows = dict(re.findall(r"^\| (.+?) \| ([\d.]+) \|", table[1], re.MULTILINE))
    whole = json.loads((bundles_dir() / "bundles.json").read_text("utf-8"))["crowd-html-elements.js"]["bytes"]
    assert float(rows["**the whole script**"]) == pytest.approx(whole / 1000, rel=0.1)
    folders = {file.parent.name for file in PACKAGE.glob("src/*/about.ts")} - {"shared"}
    assert folders
    assert folders <= {name.strip("`") for name in rows}
