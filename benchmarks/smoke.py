"""Smoke tests of a folder of 100 templates: seconds for each, the browser's start included.

    python benchmarks/smoke.py              # 100 templates, those of tests/smoke_templates in turn
    python benchmarks/smoke.py --quick      # 20 of them

Templates that take their time by themselves (films to be seen, a Submit that comes late) are left out: what is measured
is the worker. The mark is 0.5 s a template on a quiet machine: beyond it, or with a template that is not ok, it ends
with code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from truthkit.smoke import smoke

TEMPLATES = Path(__file__).resolve().parents[1] / "tests" / "smoke_templates"
MARK = 0.5
"""Seconds a template."""
SLOW = ("films", "too-fast", "submit-after-a-while")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="20 templates")
    count = 20 if parser.parse_args().quick else 100
    sources = [file for file in sorted(TEMPLATES.glob("*.html")) if not file.name.startswith(SLOW)]
    with tempfile.TemporaryDirectory() as folder:
        for number, source in enumerate(islice(cycle(sources), count)):
            name = f"{number:03}-{source.name}"
            shutil.copy(source, Path(folder) / name)
            beside = source.with_name(source.name.split(".")[0] + ".input.json")
            if beside.is_file():
                shutil.copy(beside, Path(folder) / f"{name.split('.')[0]}.input.json")
        began = time.monotonic()
        results = smoke([folder])
        seconds = time.monotonic() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(
        json.dumps(
            {
                "templates": count,
                "ok": sum(result.ok for result in results),
                "not ok": {
                    result.path.name: [str(one) for one in result.findings] for result in results if not result.ok
                },
                "seconds": round(seconds, 1),
                "seconds a template": round(seconds / count, 3),
                "mark": MARK,
                "processor seconds a template": round(sum(one.ru_utime + one.ru_stime for one in used) / count, 3),
                "load": os.getloadavg()[0],
                "cores": os.cpu_count(),
            },
            indent=2,
        )
    )
    return 0 if seconds / count <= MARK and all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
