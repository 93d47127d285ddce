/** `exclusion-category`: one more choice, which says that none applies. */
import type { PropertyDeclarations } from "lit";
import type { Json } from "../answer.ts";
import { jsonProperty } from "../json-attribute.ts";

const same = (value: Json | undefined) => value;

export const exclusionJson = ["exclusion-category", same] as const;

export const exclusionProperty: PropertyDeclarations = {
  exclusionCategory: jsonProperty("exclusion-category"),
};
