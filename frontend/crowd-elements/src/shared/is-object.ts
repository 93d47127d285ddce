import type { Json } from "./answer.ts";

/** A JSON object: no list and not null. */
export const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
