/** The `text` of the V2 elements: the text itself, or where in S3 it is. */

import { textSourceStrings } from "./text-source-strings.ts";

/** Signatures of the ways in which S3 signs an address. */
const SIGNED = /[?&](X-Amz-Signature|Signature)=/i;
const S3_HOST = /(^|\.)amazonaws\.com(\.cn)?$/i;

/** Whether it is an S3 reference and not a text: `s3://…`, or an http(s) address of S3 as `grant_read_access` gives. */
export function isTextReference(text: string): boolean {
  const reference = text.trim();
  if (/^s3:\/\/\S+$/i.test(reference)) return true;
  if (!/^https?:\/\/\S+$/i.test(reference) || !URL.canParse(reference)) return false;
  return SIGNED.test(reference) || S3_HOST.test(new URL(reference).hostname);
}

/** Reads what a reference names; throws an Error for people, in the language of the `place` where it is shown. */
export async function fetchText(reference: string, place: Element): Promise<string> {
  const t = textSourceStrings(place);
  const whole = reference.trim();
  if (/^s3:/i.test(whole)) throw new Error(t("unsigned", { address: whole }));
  const { origin, pathname } = new URL(whole);
  // Without the query, which may hold a signature.
  const address = `${origin}${pathname}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(whole);
    text = await response.text();
  } catch {
    throw new Error(t("unreachable", { address }));
  }
  if (!response.ok) throw new Error(t("refused", { address, status: String(response.status) }));
  return text;
}
