"""template.yaml as CloudFormation would make it: transformed by SAM, and every intrinsic worked out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
NAME, REGION = "labels", "eu-west-1"
ACCOUNT = "123456789012"  # moto's own
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
# Each parameter as left empty (or at its default) and as given.
CHOICES = {
    "InputBucket": ("", "acme-in"),
    "OutputBucket": ("", "acme-out"),
    "KmsKeyArn": ("", KEY),
    "AssumeJobRole": ("true", "false"),
}
COMBINATIONS = [dict(zip(CHOICES, values, strict=True)) for values in product(*CHOICES.values())]

_PSEUDO = {
    "AWS::StackName": NAME,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
}
_NOTHING = object()
# What Ref and GetAtt give of a resource by type, with its logical id or the name that it is given.
_REF = {
    "AWS::S3::Bucket": "labels-{}",
    "AWS::CloudFront::Distribution": "E{}",
    "AWS::CloudFront::ResponseHeadersPolicy": "id-{}",
    "AWS::IAM::Role": "{}",
    "AWS::Logs::LogGroup": "{}",
    "AWS::Lambda::LayerVersion": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{{}}:1",
}
_ATTRIBUTES = {
    ("AWS::S3::Bucket", "Arn"): "arn:aws:s3:::labels-{}",
    ("AWS::S3::Bucket", "RegionalDomainName"): f"labels-{{}}.s3.{REGION}.amazonaws.com",
    ("AWS::CloudFront::Distribution", "DomainName"): "{}.cloudfront.net",
    ("AWS::CloudFront::OriginAccessControl", "Id"): "id-{}",
    ("AWS::IAM::Role", "Arn"): f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    ("AWS::Lambda::Function", "Arn"): f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
}


class Policies:
    """Managed policies are not used; asking for one is a fault."""

    def load(self) -> dict[str, str]:
        return {}


def transformed(file: Path = ROOT / "template.yaml") -> dict[str, Any]:
    """The template after SAM's transformation, intrinsics not yet worked out; its code as if it were packaged."""
    source = yaml_parse(file.read_text("utf-8"))
    for resource in (source["Globals"]["Function"], *(one["Properties"] for one in source["Resources"].values())):
        resource |= {key: f"s3://artefacts/{key}.zip" for key in ("CodeUri", "ContentUri") if key in resource}
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": REGION}):
        result: dict[str, Any] = transform(source, {}, Policies())
    return result


@dataclass(frozen=True, slots=True)
class Stack:
    """The resources that are made, as CloudFormation would get them, and the outputs."""

    resources: dict[str, dict[str, Any]]
    outputs: dict[str, str]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Their properties by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def policies(self, role: str) -> dict[str, dict[str, Any]]:
        """The documents of a role's policies by name, its own and those of resources of their own."""
        properties = self.of_type("AWS::IAM::Role")[role]
        assert "ManagedPolicyArns" not in properties
        found = [
            *properties["Policies"],
            *(policy for policy in self.of_type("AWS::IAM::Policy").values() if role in policy["Roles"]),
        ]
        assert len({policy["PolicyName"] for policy in found}) == len(found)
        return {policy["PolicyName"]: policy["PolicyDocument"] for policy in found}

    def statements(self, role: str) -> set[tuple[frozenset[str], frozenset[str]]]:
        """Actions and resources of all that a role is allowed."""
        found = set()
        for document in self.policies(role).values():
            for statement in document["Statement"]:
                assert statement["Effect"] == "Allow"
                assert set(statement) <= {"Sid", "Effect", "Action", "Resource"}
                found.add((frozenset(_listed(statement["Action"])), frozenset(_listed(statement["Resource"]))))
        return found


def stack_of(template: dict[str, Any], **parameters: str) -> Stack:
    """The stack of these parameters, the others at their defaults. Raises KeyError for whatever is not defined."""
    return _Resolver(template, parameters).stack()


def references(value: Any) -> Iterator[str]:
    """Every name that Ref, Sub, GetAtt, DependsOn and conditions use, in whatever branch."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref" or (key == "Condition" and isinstance(item, str)):
                yield item
            elif key == "Fn::Sub":
                text, own = item if isinstance(item, list) else (item, {})
                yield from (name.split(".")[0] for name in _names(text) if name not in own)
                yield from references(list(own.values()))
            elif key == "Fn::GetAtt":
                yield item[0]
            elif key == "DependsOn":
                yield from _listed(item)
            elif key == "Fn::If":
                yield item[0]
                yield from references(item[1:])
            else:
                yield from references(item)


class _Resolver:
    def __init__(self, template: dict[str, Any], parameters: dict[str, str]) -> None:
        declared = template["Parameters"]
        assert set(parameters) <= set(declared)
        self.template = template
        self.values = {**_PSEUDO, **{name: one.get("Default") for name, one in declared.items()}, **parameters}
        for name, one in declared.items():
            value = self.values[name]
            assert value is not None, f"{name} has no default"
            assert re.fullmatch(one.get("AllowedPattern", ".*"), str(value)), f"{name} may not be {value}"
            assert value in one.get("AllowedValues", [value])
        self.made = {
            name: resource
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or self.holds(resource["Condition"])
        }

    def stack(self) -> Stack:
        resources = {}
        for name, resource in self.made.items():
            assert set(_listed(resource.get("DependsOn", []))) <= set(self.made)
            resources[name] = {key: self(value) for key, value in resource.items() if key != "Condition"}
        outputs = {
            name: self(output["Value"])
            for name, output in self.template["Outputs"].items()
            if "Condition" not in output or self.holds(output["Condition"])
        }
        return Stack(resources, outputs)

    def holds(self, name: str) -> bool:
        answer = self(self.template["Conditions"][name])
        assert isinstance(answer, bool)
        return answer

    def __call__(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in map(self, value) if one is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(key, item)] = value.items()
            if key == "Ref":
                return self.ref(item)
            if key == "Condition" and isinstance(item, str):
                return self.holds(item)
            if key.startswith("Fn::"):
                return self.function(key, item)
        resolved = {key: self(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not _NOTHING}

    def function(self, name: str, item: Any) -> Any:
        match name:
            case "Fn::If":
                return self(item[1] if self.holds(item[0]) else item[2])
            case "Fn::Sub":
                return self.substituted(item)
            case "Fn::GetAtt":
                return self.attribute(*item)
            case "Fn::Equals":
                return self(item[0]) == self(item[1])
            case "Fn::Not":
                return not self(item[0])
        raise KeyError(name)

    def substituted(self, item: str | list[Any]) -> str:
        text, own = item if isinstance(item, list) else (item, {})
        values = {name: self(value) for name, value in own.items()}

        def put(match: re.Match[str]) -> str:
            name = match[1]
            value = (
                values[name] if name in values else self.attribute(*name.split(".")) if "." in name else self.ref(name)
            )
            assert isinstance(value, (str, int))
            return str(value)

        return re.sub(r"\$\{([^}]+)\}", put, text)

    def ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        if name in self.values:
            return self.values[name]
        return _REF[self.made[name]["Type"]].format(self.named(name))

    def attribute(self, name: str, attribute: str) -> str:
        return _ATTRIBUTES[self.made[name]["Type"], attribute].format(self.named(name))

    def named(self, name: str) -> str:
        own = {"AWS::Lambda::Function": "FunctionName", "AWS::Logs::LogGroup": "LogGroupName"}
        kind = self.made[name]["Type"]
        return (
            str(self(self.made[name]["Properties"][own[kind]]))
            if kind in own
            else name.lower()
            if "S3" in kind
            else name
        )


def _names(text: str) -> list[str]:
    return re.findall(r"\$\{([^}]+)\}", text)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
