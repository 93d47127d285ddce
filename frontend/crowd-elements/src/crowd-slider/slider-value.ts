/** The value that a slider shows for what it was given: inside its bounds, on a step. */
export function slideTo(given: number, min: number, max: number, step: number): number {
  const value = Number.isFinite(given) ? given : 0;
  const inside = Math.max(min, Math.min(max, value));
  if (!(step > 0)) return inside;
  const steps = Math.round((inside - min) / step);
  const last = Math.floor((max - min) / step + 1e-9);
  const places = Math.max(decimals(min), decimals(step));
  return Number((min + Math.max(0, Math.min(steps, last)) * step).toFixed(places));
}

const decimals = (value: number) => Math.min(20, (String(value).split(".")[1] ?? "").length);
