import { describe, expect, it } from "vitest";
import { JsonElement, jsonProperty, parseLenientJson, withTextItems } from "./json-attribute.ts";

describe("parseLenientJson", () => {
  it.each([
    ["strict", '["a","b"]', ["a", "b"]],
    ["single quotes", "['a', 'b']", ["a", "b"]],
    ["mixed quotes", `['a', "b's"]`, ["a", "b's"]],
    ["trailing comma in a list", "['a', 'b',]", ["a", "b"]],
    ["trailing comma in an object", "{'a': 1,}", { a: 1 }],
    ["unquoted keys", "{text: 'None', n: 1}", { text: "None", n: 1 }],
    ["comments", "[ // first\n 'a', /* and */ 'b' ]", ["a", "b"]],
    ["newlines and space around", "\n\n  [\n 'a'\n,\n'b' ]  \n", ["a", "b"]],
    ["leading-hash colors", "{sea: {color: '#1f77b4'}}", { sea: { color: "#1f77b4" } }],
    ["nested boxes", "[{label:'x',left:1,},]", [{ label: "x", left: 1 }]],
    ["empty", "", undefined],
    ["blank", " \n ", undefined],
    ["null", "null", undefined],
  ])("%s", (_, text, value) => {
    expect(parseLenientJson(text)).toEqual(value);
  });

  it.each(["[", "{a:}", "alert(1)", "['a' 'b']"])("refuses %s", (text) => {
    expect(() => parseLenientJson(text)).toThrow(SyntaxError);
  });
});

it("makes text of the numbers and booleans in a list", () => {
  expect(withTextItems([1, true, "x", { label: "y" }])).toEqual(["1", "true", "x", { label: "y" }]);
  expect(withTextItems(undefined)).toBeUndefined();
});

describe("JsonElement", () => {
  class Probe extends JsonElement {
    static override jsonAttributes = new Map([["labels", withTextItems]]);
    static override properties = { labels: jsonProperty("labels") };
    declare labels: string[] | undefined;
    get faults() {
      return this.jsonFaultTexts;
    }
  }
  customElements.define("json-probe", Probe);

  const make = (labels: string) => {
    const probe = document.createElement("json-probe") as Probe;
    probe.setAttribute("labels", labels);
    document.body.append(probe);
    return probe;
  };

  it("reflects compact strict JSON at once", () => {
    const probe = make("['a', 'b',]");
    expect(probe.labels).toEqual(["a", "b"]);
    expect(probe.getAttribute("labels")).toBe('["a","b"]');
  });

  it("follows the property and the attribute", async () => {
    const probe = make("['a']");
    probe.labels = [...(probe.labels ?? []), "b"];
    await probe.updateComplete;
    expect(probe.getAttribute("labels")).toBe('["a","b"]');
    probe.setAttribute("labels", "[]");
    expect(probe.labels).toEqual([]);
  });

  it("keeps the value and tells of the fault when the attribute is malformed", () => {
    const probe = make("['a']");
    probe.setAttribute("labels", "['a'");
    expect(probe.labels).toEqual(["a"]);
    expect(probe.faults.join()).toContain(`labels="['a'"`);
    probe.setAttribute("labels", "['c']");
    expect(probe.faults).toEqual([]);
  });

  it("forgets the fault with the attribute", () => {
    const probe = make("['a'");
    probe.removeAttribute("labels");
    expect(probe.faults).toEqual([]);
  });

  it("reads a property as it reads the attribute", async () => {
    const probe = make("[1]");
    const given = ["b"];
    probe.labels = given;
    expect(probe.labels).toBe(given);
    probe.labels = [1, 2] as unknown as string[];
    expect(probe.labels).toEqual(["1", "2"]);
    await probe.updateComplete;
    expect(probe.getAttribute("labels")).toBe('["1","2"]');
    probe.labels = null as unknown as string[];
    expect(probe.labels).toBeUndefined();
  });

  it("takes an empty attribute as not given", () => {
    expect(make("").labels).toBeUndefined();
  });
});
