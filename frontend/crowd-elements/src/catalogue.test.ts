import { beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "./catalogue.ts";
import { elements } from "./elements.ts";
import { makeManifest } from "./manifest/manifest.ts";
import type { ElementClass } from "./manifest/observed.ts";
import type { Widget } from "./shared/widget.ts";

beforeAll(() => {
  for (const [tag, element] of Object.entries(elements)) customElements.define(tag, element);
});

it("tells of every element once, and of no other", () => {
  expect(catalogue.map(({ tag }) => tag).sort()).toEqual(Object.keys(elements).sort());
});

describe.each(catalogue.map((about) => [about.tag, about] as const))("%s", (tag, about) => {
  const attributes = Object.keys(about.attributes).sort();

  it("has a meaning for each attribute that the class observes", () => {
    const { observedAttributes } = elements[tag] as ElementClass;
    expect(attributes).toEqual([...new Set(observedAttributes)].sort());
  });

  it("speaks of these attributes only", () => {
    const { required = [], values = {}, defaults = {} } = about;
    const spoken = [...required, ...Object.keys(values), ...Object.keys(defaults)];
    expect(attributes).toEqual(expect.arrayContaining(spoken));
    expect(Object.keys(about.ignored ?? {}).filter((name) => attributes.includes(name))).toEqual(
      [],
    );
    if (about.answer?.place === "name") expect(attributes).toContain("name");
  });

  it("tells of the regions that the class knows", () => {
    const { regions } = elements[tag] as Partial<Pick<typeof Widget, "regions">>;
    if (regions) expect(Object.keys(about.regions ?? {}).sort()).toEqual([...regions].sort());
  });

  it("stands in its stories", () => {
    expect(about.stories.length).toBeGreaterThan(0);
    for (const { html } of about.stories) {
      if (tag !== "crowd-form") expect(html).toContain(`<${tag}`);
    }
  });
});

const manifest = () =>
  makeManifest(catalogue, elements) as {
    modules: { declarations: Record<string, unknown>[]; exports: unknown[] }[];
  };

it("gives types and defaults from the classes", () => {
  const slider = manifest().modules[0]?.declarations.find(
    ({ tagName }) => tagName === "crowd-slider",
  );
  expect(slider?.name).toBe("CrowdSlider");
  expect(slider?.attributes).toContainEqual({
    name: "secondary-progress",
    fieldName: "secondaryProgress",
    type: { text: "number" },
    default: "0",
    description: expect.any(String),
    truthkit: { type: "number" },
  });
});

it("is the same each time", () => {
  expect(JSON.stringify(manifest())).toBe(JSON.stringify(manifest()));
});

it("names every class once", () => {
  const names = manifest().modules[0]?.declarations.map(({ name }) => name);
  expect(names).not.toContain("");
  expect(new Set(names).size).toBe(catalogue.length);
});
