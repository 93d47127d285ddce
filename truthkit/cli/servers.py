"""Commands that serve pages on this machine."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.markup import escape

from truthkit.cli import options
from truthkit.cli.application import app, examples
from truthkit.cli.terminal import out, print_json


@app.command(
    "preview",
    epilog=examples(
        "truthkit preview text-entities",
        "truthkit preview text-entities --port 8080",
        "truthkit preview --template t.liquid.html --manifest m.jsonl --post-lambda post.py",
    ),
)
def preview_command(
    workflow: options.Workflow = None,
    template: options.TemplateOption = None,
    manifest: options.ManifestOption = None,
    pre_lambda: options.PreOption = None,
    post_lambda: options.PostOption = None,
    objects: options.ObjectsOption = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port (default: a free one).")] = 0,
    lenient: options.LenientOption = False,
    allow_network: options.AllowNetworkOption = False,
    project: options.ProjectOption = None,
    as_json: options.JsonOption = False,
) -> None:
    """Serve a page to work in: the worker's page and its data.

    What is saved in the template, a handler, the manifest or an object shows at once.
    """
    from truthkit.server.preview import run_preview
    from truthkit.source import Source

    source = Source.of(workflow, template, manifest, pre_lambda, post_lambda, options.parse_objects(objects), project)

    def ready(address: str) -> None:
        if as_json:
            print_json({"address": address, "name": source.name})
        else:
            out.print(f"preview of {escape(source.name)}: {address}  (Ctrl-C ends it)")
        sys.stdout.flush()

    run_preview(source, port=port, lenient=lenient, allow_network=allow_network, on_ready=ready)


@app.command(
    "gallery",
    epilog=examples(
        "truthkit gallery",
        "truthkit gallery --port 8080",
    ),
)
def gallery_command(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port (default: a free one).")] = 0,
    as_json: options.JsonOption = False,
) -> None:
    """Serve a page with every crowd element, to look at and to try.

    Attributes as controls, the answer as it changes, keys, regions, schemas.
    """
    from truthkit.server.gallery import run_gallery

    def ready(address: str) -> None:
        if as_json:
            print_json({"address": address})
        else:
            out.print(f"gallery of the crowd elements: {address}  (Ctrl-C ends it)")
        sys.stdout.flush()

    run_gallery(port=port, on_ready=ready)
