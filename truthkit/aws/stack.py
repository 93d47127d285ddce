"""What a deployed stack says of itself: its outputs, by the names that ``template.yaml`` gives them."""

from __future__ import annotations

from dataclasses import dataclass

from truthkit.aws.sam import logical_name
from truthkit.aws_calls import client, told
from truthkit.findings import UsageError


@dataclass(frozen=True, slots=True)
class Stack:
    """The outputs of a stack; those that it lacks are None."""

    name: str
    role: str | None = None
    input_bucket: str | None = None
    output_bucket: str | None = None
    asset_bucket: str | None = None
    asset_url: str | None = None
    kms_key: str | None = None
    pre: str | None = None
    post: str | None = None


def read_stack(name: str, workflow: str) -> Stack:
    """The outputs that a labeling job of ``workflow`` needs.

    Raises UsageError where the stack is none of truthkit's or not ready, TruthkitError where AWS refuses.
    """
    cure = "give one of aws cloudformation list-stacks, in the region that has it (AWS_REGION); sam deploy makes one"
    with told(f"the stack {name}", {"ValidationError": cure}):
        found = client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    state = found["StackStatus"]
    if not state.endswith("_COMPLETE") or state.startswith(("DELETE", "ROLLBACK")):
        raise UsageError(f"the stack {name} is not ready: {state}", "wait for sam deploy, or run it again")
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}
    if "JobRoleArn" not in outputs:
        raise UsageError(
            f"the stack {name} has no output JobRoleArn",
            "deploy the project's template.yaml again (sam build && sam deploy), or give --role",
        )
    logical = logical_name(workflow)
    return Stack(
        name,
        role=outputs["JobRoleArn"],
        input_bucket=outputs.get("InputBucketName"),
        output_bucket=outputs.get("OutputBucketName"),
        asset_bucket=outputs.get("AssetBucketName"),
        asset_url=outputs.get("AssetUrl"),
        kms_key=outputs.get("KmsKeyArn"),
        pre=outputs.get(f"{logical}PreLabelingFunctionArn"),
        post=outputs.get(f"{logical}PostLabelingFunctionArn"),
    )
