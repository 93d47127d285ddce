import type { PropertyDeclarations, PropertyValues } from "lit";
import type { Json } from "../answer.ts";
import { parseColor } from "../colors.ts";
import { excerpt } from "../excerpt.ts";
import { jsonProperty } from "../json-attribute.ts";
import { ShapeWidget } from "./shape-widget.ts";

/** A drawing tool whose labels may bring their own colors. */
export abstract class ColoredShapeWidget extends ShapeWidget {
  static override jsonAttributes: ReadonlyMap<
    string,
    (value: Json | undefined) => Json | undefined
  > = new Map([...ShapeWidget.jsonAttributes, ["label-colors", (value) => value]]);
  static override properties: PropertyDeclarations = {
    labelColors: jsonProperty("label-colors"),
  };
  /** By position in `labels`; those without one get a color from the palette. */
  declare labelColors: string[] | undefined;

  protected override get givenColors(): unknown {
    return this.labelColors;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (!changed.has("labelColors")) return;
    this.fault("label-colors", faultInColors(this.labelColors));
    this.view.repaint("marks", "active");
  }
}

function faultInColors(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  const quoted = JSON.stringify(given);
  const shown = excerpt(quoted);
  if (!Array.isArray(given)) return `The attribute label-colors=${shown} is not a list of colors.`;
  const wrong = given.find((color) => parseColor(color) === undefined);
  return wrong === undefined
    ? undefined
    : `The attribute label-colors=${shown} holds ${JSON.stringify(wrong)}, which is no color such as "#1f77b4"; its label gets another one.`;
}
