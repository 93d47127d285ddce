import { beforeEach, describe, expect, it } from "vitest";
import { Viewport } from "./viewport.ts";

let viewport: Viewport;

beforeEach(() => {
  viewport = new Viewport();
  viewport.resize({ width: 400, height: 300 });
  viewport.show({ width: 800, height: 400 });
});

it("fits: the whole picture, in the middle", () => {
  expect(viewport.scale).toBe(0.5);
  expect(viewport.isFit).toBe(true);
  expect(viewport.shown).toEqual({ x: 0, y: 50, width: 400, height: 200 });
  expect(viewport.visible).toEqual({ x: 0, y: 0, width: 800, height: 400 });
});

it("shows small pictures larger", () => {
  viewport.show({ width: 40, height: 20 });
  expect(viewport.scale).toBe(10);
});

it("maps there and back", () => {
  viewport.zoomBy(3.7, { x: 120, y: 80 });
  const there = viewport.toStage({ x: 123, y: 321 });
  const back = viewport.toPicture(there);
  expect(back.x).toBeCloseTo(123);
  expect(back.y).toBeCloseTo(321);
});

describe("zooming", () => {
  it("keeps what is at the pointer", () => {
    const before = viewport.toPicture({ x: 150, y: 140 });
    viewport.zoomBy(4, { x: 150, y: 140 });
    const after = viewport.toPicture({ x: 150, y: 140 });
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
    expect(viewport.zoom).toBeCloseTo(4);
  });

  it("ends at the whole picture and at large pixels", () => {
    viewport.zoomBy(0.01, { x: 0, y: 0 });
    expect(viewport.isFit).toBe(true);
    viewport.zoomBy(1e6, { x: 0, y: 0 });
    expect(viewport.scale).toBe(40);
  });

  it("fills the stage once the picture is larger", () => {
    viewport.zoomBy(4, { x: 200, y: 150 });
    expect(viewport.shown).toEqual({ x: 0, y: 0, width: 400, height: 300 });
  });
});

it("pans to the picture's edges and no further", () => {
  viewport.zoomBy(4, { x: 200, y: 150 });
  viewport.panBy(1e6, 1e6);
  expect(viewport.visible).toMatchObject({ x: 0, y: 0 });
  viewport.panBy(-1e6, -1e6);
  const { x, y, width, height } = viewport.visible;
  expect(x + width).toBeCloseTo(800);
  expect(y + height).toBeCloseTo(400);
});

it("reveals a part with the least movement", () => {
  viewport.zoomBy(4, { x: 0, y: 0 });
  viewport.reveal({ x: 700, y: 100, width: 50, height: 50 });
  const { x, width } = viewport.visible;
  expect(x + width).toBeCloseTo(750);
  const before = viewport.visible;
  viewport.reveal({ x: 650, y: 100, width: 10, height: 10 });
  expect(viewport.visible).toEqual(before);
});

it("keeps the middle when the stage's size changes, and stays fit when it was", () => {
  viewport.resize({ width: 200, height: 100 });
  expect(viewport.scale).toBe(0.25);
  viewport.zoomBy(4, { x: 100, y: 50 });
  const middle = viewport.toPicture({ x: 100, y: 50 });
  viewport.resize({ width: 300, height: 220 });
  const after = viewport.toPicture({ x: 150, y: 110 });
  expect(after.x).toBeCloseTo(middle.x);
  expect(after.y).toBeCloseTo(middle.y);
});
