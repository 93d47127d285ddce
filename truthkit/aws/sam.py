"""The parts of ``template.yaml`` that follow from the folders of ``lambdas/``: each workflow's pair of functions, and
the layer with NumPy for those that need it.

Between the marks of a part its lines are written anew; everything else in the file is the project's own.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from truthkit.findings import Finding, TruthkitError
from truthkit.project import Project, is_installed_kit, kit_root
from truthkit_core.messages import ContractError
from truthkit_core.workflow import WorkflowConfig

# Ground Truth's managed policies let a job invoke functions with this in their name.
INVOKABLE = "LabelingFunction"
# Kinds whose labels are files that the function writes.
WRITING_KINDS = ("semantic-mask", "instance-masks")
# An import that needs NumPy; the other modules of consolidation do without.
_NEEDS_NUMPY = re.compile(
    r"(?m)^\s*(?:from|import)\s+(?:numpy|PIL|truthkit_core\.consolidation\.(?!(?:classes|spans)\b))"
)
# A function's name has at most 64 characters; this many are left to the stack's name and its hyphen.
NAME_LIMIT = 64
STACK_NAME = 12


LAYERS = """\
      Layers:
        - !Ref NumpyLayer
"""
LAYER = """\
  NumpyLayer:
    Type: AWS::Serverless::LayerVersion
    Metadata:
      BuildMethod: makefile
      BuildArchitecture: arm64
    Properties:
      LayerName: !Sub ${AWS::StackName}-numpy
      Description: NumPy and Pillow, for consolidation
      ContentUri: layers/numpy/
      CompatibleRuntimes: [python3.13]
      CompatibleArchitectures: [arm64]
      RetentionPolicy: Delete
"""


@dataclass(frozen=True, slots=True)
class Function:
    """One handler of a workflow; ``which`` is ``pre`` or ``post``.

    ``numpy`` tells whether it gets the layer, ``writes`` whether it writes beside the job's output.
    """

    workflow: str
    package: str
    which: str
    timeout_seconds: int
    numpy: bool = False
    writes: bool = False

    @property
    def logical_id(self) -> str:
        return f"{logical_name(self.workflow)}{self.which.capitalize()}"

    @property
    def name(self) -> str:
        """The function's name after that of the stack."""
        return f"{INVOKABLE}-{self.workflow}-{self.which}"

    @property
    def role(self) -> str:
        return f"{self.which.capitalize()}Annotation{'Writing' if self.writes else ''}Role"

    def resources(self) -> str:
        """The function and its log group; the role is the one that all functions of this kind share."""
        return f"""\
  {self.logical_id}{INVOKABLE}:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${{AWS::StackName}}-{self.name}
      Handler: {self.package}.{self.which}_annotation.lambda_handler
      Role: !GetAtt {self.role}.Arn
      Timeout: {self.timeout_seconds}
{LAYERS if self.numpy else ""}\
      LoggingConfig:
        LogGroup: !Ref {self.logical_id}Logs
  {self.logical_id}Logs:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: !Sub /aws/lambda/${{AWS::StackName}}-{self.name}
      RetentionInDays: !Ref LogRetentionDays
"""

    def outputs(self) -> str:
        """The function's ARN, by the name that ``truthkit launch`` reads."""
        return f"""\
  {self.logical_id}{INVOKABLE}Arn:
    Description: {self.which.capitalize()}-annotation function of {self.workflow}
    Value: !GetAtt {self.logical_id}{INVOKABLE}.Arn
"""


def logical_name(workflow: str) -> str:
    """With what the names of a workflow's resources in the template begin: letters and digits are all they may have."""
    return "".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", workflow))


def functions(project: Project) -> list[Function]:
    """The functions of every workflow with a handler in ``lambdas/``, by name.

    Raises TruthkitError where a workflow's settings are wrong or its name is too long for a function's.
    """
    return list(_functions(project))


def functions_block(project: Project) -> str:
    """The lines of ``template.yaml``'s Resources that follow from the folders. Raises as ``functions``."""
    found = functions(project)
    layer = LAYER if any(function.numpy for function in found) else ""
    return layer + "".join(function.resources() for function in found)


def outputs_block(project: Project) -> str:
    """The lines of ``template.yaml``'s Outputs that follow from the folders. Raises as ``functions``."""
    return "".join(function.outputs() for function in functions(project))


def is_stale(project: Project) -> bool:
    """Whether ``truthkit sam`` would change ``template.yaml``. Raises TruthkitError as ``update_template``."""
    file = template_file(project)
    return updated(file, project) != file.read_text("utf-8")


def update_template(project: Project) -> bool:
    """Write the parts that follow from the folders into ``template.yaml``; True if the file changed.

    Raises TruthkitError if there is no ``template.yaml``, it lacks a part's marks, or as ``functions``.
    """
    file = template_file(project)
    text = updated(file, project)
    if text == file.read_text("utf-8"):
        return False
    write_beside(file, text)
    return True


def write_beside(file: Path, text: str) -> None:
    """Write ``file`` whole or not at all."""
    place = file.resolve()
    beside = place.with_name(f".{place.name}.new")
    try:
        beside.write_text(text, "utf-8")
        shutil.copymode(place, beside)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def updated(file: Path, project: Project) -> str:
    """What ``file`` ought to be."""
    text = file.read_text("utf-8")
    for part, block in PARTS.items():
        text = _replaced(file, text, part, block(project))
    return text


def require_layer(project: Project) -> None:
    """Raise TruthkitError if functions need the layer and the project has not what ``sam build`` makes it of."""
    folder = project.root / "layers" / "numpy"
    if (folder / "Makefile").is_file() or not any(function.numpy for function in functions(project)):
        return
    raise TruthkitError(
        Finding(
            "sam-layer",
            "layers/numpy is missing, of which sam build makes the layer with NumPy",
            f"copy the kit's into the project: mkdir -p layers && cp -r {kit_root() / 'layers' / 'numpy'} layers/",
            file=str(folder),
        )
    )


def template_file(project: Project) -> Path:
    """The project's ``template.yaml``. Raises TruthkitError if there is none."""
    file = project.root / "template.yaml"
    if not file.is_file() or is_installed_kit(project.root):
        raise TruthkitError(
            Finding(
                "no-sam-template",
                "the project has no template.yaml",
                "run it in a project that has one (--project DIR); truthkit new makes one in an empty folder",
                file=str(file),
            )
        )
    return file


PARTS: dict[str, Callable[[Project], str]] = {"functions": functions_block, "outputs": outputs_block}


def _functions(project: Project) -> Iterator[Function]:
    lambdas = project.root / "lambdas"
    owners: dict[str, str] = {}
    for folder in sorted(lambdas.iterdir() if lambdas.is_dir() else ()):
        handlers = [which for which in ("pre", "post") if (folder / f"{which}_annotation.py").is_file()]
        if not handlers:
            continue
        try:
            config = WorkflowConfig.load(folder / "workflow.toml")
        except ContractError as error:
            problem = ": ".join(filter(None, (error.path, error.problem)))
            raise TruthkitError(Finding("workflow", problem, error.cure, file=error.file, line=error.line)) from None
        logical = logical_name(folder.name)
        if owners.setdefault(logical, folder.name) != folder.name:
            raise TruthkitError(
                Finding(
                    "function-name",
                    f"its functions would be called {logical} in the template, as those of {owners[logical]} are",
                    "give one of the two workflows a name that differs in its letters or digits",
                    file=str(folder),
                )
            )
        timeouts = {"pre": config.pre_timeout_seconds, "post": config.post_timeout_seconds}
        chosen = config.consolidation.get("kind")
        for which in handlers:
            source = (folder / f"{which}_annotation.py").read_text("utf-8")
            post = which == "post" and chosen is not None
            function = Function(
                folder.name.replace("_", "-"),
                folder.name,
                which,
                timeouts[which],
                numpy=post or _NEEDS_NUMPY.search(source) is not None,
                writes=post and chosen in WRITING_KINDS,
            )
            too_long = len(function.name) + STACK_NAME - NAME_LIMIT
            if too_long > 0:
                raise TruthkitError(
                    Finding(
                        "function-name",
                        f"the function's name <stack>-{function.name} would pass {NAME_LIMIT} characters",
                        f"shorten the workflow's name by {too_long}",
                        file=str(folder),
                    )
                )
            yield function


def _replaced(file: Path, text: str, part: str, block: str) -> str:
    """``text`` with ``block`` between the marks of ``part``. Raises TruthkitError where a mark is missing."""
    marks = re.compile(rf"(?ms)^( *# {part}: written by truthkit sam\b[^\n]*\n).*?(^ *# {part}: end *$)")
    if len(marks.findall(text)) != 1:
        raise TruthkitError(
            Finding(
                "sam-marks",
                f"there is no place for the {part}",
                f"put the lines `# {part}: written by truthkit sam` and `# {part}: end` where they belong",
                file=str(file),
            )
        )
    return marks.sub(lambda match: match[1] + block + match[2], text)
