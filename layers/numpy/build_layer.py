"""Put NumPy and Pillow into a layer's folder, without what only their developers need.

python build_layer.py FOLDER PLATFORM [PYTHON_VERSION]: wheels of this platform by pip or uv (default Python: 3.13,
which the functions run); with the platform "host", copies of what is installed for the Python that runs this.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

HERE = Path(__file__).resolve().parent
NOT_NEEDED = {"tests", "__pycache__", "include", "f2py", "bin"}
FUNCTIONS_PYTHON = "3.13"


def main(folder: Path, platform: str, version: str) -> None:
    """Fill the folder, new."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if platform == "host":
        copy_installed(folder)
    else:
        fetch(folder, platform, version)
    slim(folder)


def copy_installed(folder: Path) -> None:
    """What is installed of the packages in requirements.txt, of whatever version."""
    for name in re.findall(r"(?m)^[\w-]+", (HERE / "requirements.txt").read_text()):
        package = distribution(name)
        tops = {Path(str(file)).parts[0] for file in package.files or ()}
        for top in tops - {"..", "__pycache__"}:
            source = Path(str(package.locate_file(top)))
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, folder / top)


def fetch(folder: Path, platform: str, version: str) -> None:
    """The wheels of requirements.txt for another platform."""
    wanted = ["--quiet", "--no-deps", "--only-binary=:all:", "-r", str(HERE / "requirements.txt")]
    uv = find_uv()
    pip = None if uv else next(filter(has_pip, (sys.executable, base_python())), None)
    if uv:
        glibc, _, machine = platform.replace("x86_64", "x86-64").rpartition("_")
        machine = machine.replace("-", "_")
        own = [uv, "pip", "install", "--python-platform", f"{machine}-{glibc}", "--python-version", version]
        subprocess.run([*own, *wanted, "--target", str(folder)], check=True)
    elif pip:
        # Not `pip install`: it refuses what the Python that runs it could not use.
        own = [pip, "-m", "pip", "download", "--disable-pip-version-check", "--implementation", "cp"]
        with TemporaryDirectory() as wheels:
            place = ["--platform", platform, "--python-version", version, "--dest", wheels]
            subprocess.run([*own, *wanted, *place], check=True)
            for wheel in Path(wheels).glob("*.whl"):
                ZipFile(wheel).extractall(folder)
    else:
        raise SystemExit("the layer needs pip or uv: install uv, or set LAYER_PYTHON to a Python that has pip")


def find_uv() -> str | None:
    """The one that is named or on PATH, else the one beside this Python's environment, where `make` puts it."""
    beside = Path(sys.prefix).parent / ".uv" / "bin" / "uv"
    return os.environ.get("UV") or shutil.which("uv") or (str(beside) if beside.is_file() else None)


def base_python() -> str:
    """The Python that an environment without pip was made of."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")


def has_pip(python: str) -> bool:
    """Whether pip runs there."""
    try:
        return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def slim(folder: Path) -> None:
    """Take out what functions never import."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and path.name in NOT_NEEDED:
            shutil.rmtree(path)
        elif path.suffix in (".pyi", ".a", ".h", ".c"):
            path.unlink()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(Path(arguments[0]), arguments[1], arguments[2] if len(arguments) > 2 else FUNCTIONS_PYTHON)
