/** Why a native control is not valid, in the page's language: the browser's own texts are in the browser's. */
import { validityStrings } from "./validity-strings.ts";

type NativeControl = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** For people; empty for a control that is valid. */
export function problemOfNative(control: NativeControl): string {
  const { validity } = control;
  if (validity.valid) return "";
  const t = validityStrings(control);
  const attribute = (name: string) => control.getAttribute(name) ?? "";
  // What a script has set is said as it is.
  if (validity.customError) return control.validationMessage;
  if (validity.valueMissing) return t(missing(control));
  if (validity.badInput) return t(control.type === "number" ? "number" : "notValid");
  if (validity.typeMismatch) return t(control.type === "email" ? "email" : "url");
  if (validity.rangeUnderflow) return t("least", { min: attribute("min") });
  if (validity.rangeOverflow) return t("most", { max: attribute("max") });
  if (validity.stepMismatch) return t("steps");
  if (validity.tooShort) return t("tooShort", { count: Number(attribute("minlength")) });
  if (validity.tooLong) return t("tooLong", { count: Number(attribute("maxlength")) });
  if (validity.patternMismatch) {
    return control.title ? t("patternOf", { form: control.title }) : t("pattern");
  }
  return control.validationMessage || t("notValid");
}

function missing({ type }: NativeControl) {
  if (type === "checkbox") return "mustBeOn";
  return type === "radio" || type.startsWith("select") ? "choose" : "fill";
}
