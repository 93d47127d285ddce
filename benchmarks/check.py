"""What ``truthkit check`` costs, in CPU seconds of all its processes (which a busy machine does not change).

    .venv/bin/python benchmarks/check.py

Prints the kit's own workflows, a manifest of 100,000 lines, one of 100 MB, and how the work grows with hostile
templates.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n'
HOSTILE = {
    "unclosed {{": "{{ ",
    "unclosed {% for %}": "{% for a in task.input.b %}",
    "closing {% endfor %}": "{% endfor %}",
    "elements in elements": '<crowd-entity-annotation name="a">',
    "one name again and again": '<crowd-input name="a"></crowd-input>',
    "outputs in a script": "<script>{{ task.input.a | to_json }}</script>\n",
}


def cost(*arguments: str | Path) -> tuple[float, float, str]:
    """CPU seconds, the largest process's memory in MB, and the last line of a check."""
    code = (
        "import resource, runpy, sys\n"
        "sys.argv[0] = 'truthkit'\n"
        "try:\n    runpy.run_module('truthkit', run_name='__main__')\n"
        "finally:\n"
        "    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]\n"
        "    print('\\n', sum(one.ru_utime + one.ru_stime for one in used), max(one.ru_maxrss for one in used))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "check", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    seconds, kilobytes = lines[-1].split()
    return float(seconds), int(kilobytes) / 1024, lines[-2] if len(lines) > 1 else ""


def main() -> None:
    row = "{:<54} {:>9} {:>9}  {}"
    print(row.format("", "CPU s", "MB", ""))
    seconds, megabytes, told = cost()
    print(row.format("the kit's workflows", f"{seconds:.2f}", f"{megabytes:.0f}", told))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        page = folder / "t.liquid.html"
        page.write_text(f'{SCRIPT}<crowd-form><p>{{{{ task.input.source }}}}</p><input name="a"></crowd-form>')
        for title, count, size in (("a manifest of 100,000 lines", 100_000, 10), ("of 100 MB", 5_600, 18_000)):
            manifest = folder / "manifest.jsonl"
            with manifest.open("w") as stream:
                for number in range(count):
                    stream.write(json.dumps({"source": f"{number} " + "x" * size}) + "\n")
            seconds, megabytes, told = cost(page, manifest)
            print(row.format(title, f"{seconds:.2f}", f"{megabytes:.0f}", told))
        for title, piece in HOSTILE.items():
            found = []
            for size in (100_000, 400_000):
                page.write_text(SCRIPT + piece * (size // len(piece)))
                found.append(cost(page)[0])
            print(row.format(f"{title}, 100,000 and 400,000 characters", *(f"{each:.2f}" for each in found), ""))


if __name__ == "__main__":
    main()
