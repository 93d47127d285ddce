"""What workers start from: the label that a line of the manifest brings along, as the page's element takes it.

One rule for all workflows. An earlier job's label counts first, if ``earlier_label`` of ``workflow.toml`` names its
attribute and the line has it: in the shape of this kit's labels or of the service's built-in jobs. Else the line's own
``initial-value`` counts, which ``truthkit convert --from`` writes. No other attribute is looked at: a line may have
several labels, and who is to label it anew must not see them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truthkit_core.builtin_output import BACKGROUND
from truthkit_core.messages.checks import S3_URI, ContractError, at, expect_object, kind, member
from truthkit_core.strategies import KINDS
from truthkit_core.workflow import WorkflowConfig

ATTRIBUTE = "initial-value"
_METADATA = "-metadata"
_MASKS = {"semantic-mask": ("labelMappings", dict), "instance-masks": ("instances", list)}
_SIDES = ("left", "top", "width", "height")
# What an annotation has for its element; a label's has more, confidences for one, which workers are not to see.
_ANNOTATIONS = {
    "boxes": ("label", *_SIDES),
    "keypoints": ("label", "x", "y"),
    **dict.fromkeys(("lines", "polylines", "polygons"), ("label", "vertices")),
    "spans": ("label", "startOffset", "endOffset"),
    "instance-masks": ("label", "color"),
}
# Where a label has its value, and of what type it is; the other kinds are lists under the kind's own key.
_VALUES: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "class": ("label", str),
    "set": ("labels", list),
    "number": ("value", (int, float)),
    "ranking": ("ranking", list),
    "text": ("text", str),
}


def initial_value(item: Mapping[str, Any], config: WorkflowConfig, of: str | None = None) -> dict[str, Any]:
    """``{"initialValue": …}``, for the task input; ``{}`` where the line has no label, or one that only gives a reason.

    Args:
        item: the manifest line, ``dataObject`` of the pre-annotation event.
        config: names the earlier label, and the kind.
        of: the label's kind where it is not the one of ``[consolidation]``.

    The value is a list of the element's annotations (boxes, keypoints, lines, polylines, polygons, spans), the name of
    a class, a list of names, a number, a text, or for masks ``{"src": S3 URI, "labelMappings" | "instances": …}``.

    Raises ContractError if what the line has is no label of that kind.
    """
    of = of or str(member(config.consolidation, "kind", "consolidation"))
    # A job of this kit may write its label a second time, as a built-in job would, with what that needs to be read.
    earlier = config.earlier_label
    names = [f"{earlier}-built-in", f"{earlier}-ref", earlier] if earlier else []
    for name in (next((name for name in names if name in item), None), ATTRIBUTE):
        if name is None or (value := item.get(name)) in (None, "") or _is_reason(value):
            continue
        metadata = item.get(name + _METADATA)
        found = _read(of, value, metadata if isinstance(metadata, dict) else {}, at("dataObject", name))
        return {"initialValue": found}
    return {}


def _is_reason(value: Any) -> bool:
    """Whether it stands in place of a label: see ``truthkit_core.strategies.ObjectLabel``."""
    return isinstance(value, dict) and isinstance(value.get("reason"), str) and "workers" in value


def _read(of: str, value: Any, metadata: dict[str, Any], path: str) -> Any:
    if of in _MASKS:
        return _mask(of, value, metadata, path)
    key, form = _VALUES.get(of) or (KINDS[of].key, list)
    found = value[key] if isinstance(value, dict) and key in value else _built_in(of, value, metadata, path)
    if not isinstance(found, form) or isinstance(found, bool):
        raise _foreign(of, found, path)
    return _plain(of, found)


def _plain(of: str, value: Any) -> Any:
    """Annotations without what the element has no use for."""
    if of not in _ANNOTATIONS:
        return value
    return [
        {key: one[key] for key in _ANNOTATIONS[of] if key in one} if isinstance(one, dict) else one for one in value
    ]


def _built_in(of: str, value: Any, metadata: dict[str, Any], path: str) -> Any:
    """A label of the service's built-in job in the element's words; other values as they are."""
    names = metadata.get("class-map")
    names = names if isinstance(names, dict) else {}
    match of, value:
        case "class", int() | str():
            return metadata.get("class-name", value)
        case "set", [*numbers]:
            return [names.get(str(one), one) for one in numbers]
        case "spans", {"annotations": {"entities": entities}}:
            return entities
        case "boxes", {"annotations": [*boxes]}:
            found = []
            for place, one in enumerate(boxes):
                where = f"{path}.annotations[{place}]"
                number = str(member(expect_object(one, where), "class_id", where))
                sides = {side: member(one, side, where) for side in _SIDES}
                found.append({"label": names.get(number, number), **sides})
            return found
    return value


def _mask(of: str, value: Any, metadata: dict[str, Any], path: str) -> dict[str, Any]:
    key, form = _MASKS[of]
    src: Any
    parts: Any
    colors = metadata.get("internal-color-map")
    if isinstance(value, str) and isinstance(colors, dict):
        src, parts = value, _mappings(colors, at(path + _METADATA, "internal-color-map"))
    elif isinstance(value, dict):
        image = value.get("labeledImage")
        src, parts = image.get("s3Uri") if isinstance(image, dict) else value.get("src"), value.get(key)
    else:
        raise _foreign(of, value, path)
    if not isinstance(parts, form):
        raise _foreign(of, value, path)
    if not isinstance(src, str) or not S3_URI.fullmatch(src):
        raise ContractError(path, "has a mask that is no object in S3", "give the s3:// URI of its PNG")
    return {"src": src, key: _plain(of, parts)}


def _mappings(colors: dict[str, Any], path: str) -> dict[str, Any]:
    """``labelMappings`` of an ``internal-color-map``: what is painted, by label."""
    found = {}
    for number, one in colors.items():
        name = member(expect_object(one, at(path, number)), "class-name", at(path, number))
        if name != BACKGROUND:
            found[name] = {"color": member(one, "hex-color", at(path, number))}
    return found


def _foreign(of: str, value: Any, path: str) -> ContractError:
    return ContractError(
        path,
        f"is {kind(value)}, and no label of the kind {of}",
        f"{ATTRIBUTE} is as the element takes it, and earlier_label in workflow.toml names a label of that kind",
    )
