/** The read-only annotations that an `overlay` attribute lays on a picture, checked item by item. */
import type { Json } from "../answer.ts";
import { isObject } from "../is-object.ts";

export interface OverlayBox {
  readonly label: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export type Overlay =
  | {
      readonly kind: "boxes";
      readonly labels: readonly string[];
      readonly boxes: readonly OverlayBox[];
    }
  | {
      readonly kind: "mask";
      readonly labels: readonly string[];
      readonly src: string;
      /** Color (`#rrggbb`) of the mask's pixels to their label. */
      readonly colors: ReadonlyMap<string, string>;
    };

export interface OverlayFault {
  readonly kind: "notOneKind" | "noLabels" | "badBox" | "badColor" | "noSource";
  /** What is wrong, as JSON. */
  readonly item: string;
}

export interface ReadOverlay {
  readonly overlay?: Overlay;
  readonly faults: readonly OverlayFault[];
}

type Fields = { readonly [key: string]: Json };

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

const isNumber = (value: Json | undefined): value is number =>
  typeof value === "number" && Number.isFinite(value);

const BACKGROUND = "#ffffff";

/** A color that pixels of a mask can have: white is the background. */
const colorOf = (value: Json | undefined): string | undefined => {
  const color = typeof value === "string" ? value.toLowerCase() : "";
  return /^#[0-9a-f]{6}$/.test(color) && color !== BACKGROUND ? color : undefined;
};

/** An overlay has exactly one of the three kinds; what is wrong in it is left out and told. */
export function readOverlay(value: Json | undefined): ReadOverlay {
  if (value === undefined || value === null) return { faults: [] };
  if (isObject(value) && Object.keys(value).length === 1) {
    const { boundingBox, semanticSegmentation, instanceSegmentation } = value;
    const fields = boundingBox ?? semanticSegmentation ?? instanceSegmentation;
    if (isObject(fields)) {
      if (!Array.isArray(fields.labels)) {
        return { faults: [{ kind: "noLabels", item: JSON.stringify(fields.labels ?? null) }] };
      }
      if (boundingBox) return readBoxes(fields);
      return semanticSegmentation ? readSemantic(fields) : readInstances(fields);
    }
  }
  return { faults: [{ kind: "notOneKind", item: JSON.stringify(value) }] };
}

const labelsOf = (fields: Fields): string[] =>
  Array.from(new Set(listOf(fields.labels).map(String)));

function readBoxes(fields: Fields): ReadOverlay {
  const labels = labelsOf(fields);
  const boxes: OverlayBox[] = [];
  const faults: OverlayFault[] = [];
  for (const item of listOf(fields.value)) {
    const box = boxOf(item);
    if (!box) faults.push({ kind: "badBox", item: JSON.stringify(item) });
    else if (labels.includes(box.label)) boxes.push(box);
  }
  return { overlay: { kind: "boxes", labels, boxes }, faults };
}

function boxOf(item: Json): OverlayBox | undefined {
  if (!isObject(item)) return undefined;
  const { label, left, top, width, height } = item;
  if (!isNumber(left) || !isNumber(top) || !isNumber(width) || !isNumber(height)) return undefined;
  if (label === undefined || width < 0 || height < 0) return undefined;
  return { label: String(label), left, top, width, height };
}

function readSemantic(fields: Fields): ReadOverlay {
  const mappings = isObject(fields.labelMappings) ? fields.labelMappings : {};
  return readMask(
    fields,
    Object.entries(mappings).map(([label, mapping]) => ({
      label,
      color: isObject(mapping) ? mapping.color : undefined,
    })),
  );
}

function readInstances(fields: Fields): ReadOverlay {
  return readMask(
    fields,
    listOf(fields.instances).map((item) =>
      isObject(item) ? { label: item.label, color: item.color } : { label: item, color: undefined },
    ),
  );
}

function readMask(
  fields: Fields,
  parts: readonly { label: Json | undefined; color: Json | undefined }[],
): ReadOverlay {
  const labels = labelsOf(fields);
  const colors = new Map<string, string>();
  const faults: OverlayFault[] = [];
  for (const { label, color } of parts) {
    const known = colorOf(color);
    if (!known) faults.push({ kind: "badColor", item: JSON.stringify({ label, color }) });
    else if (labels.includes(String(label))) colors.set(known, String(label));
  }
  const { src } = fields;
  if (typeof src !== "string" || !src) {
    return { faults: [...faults, { kind: "noSource", item: JSON.stringify(src ?? null) }] };
  }
  return { overlay: { kind: "mask", labels, src, colors }, faults };
}
