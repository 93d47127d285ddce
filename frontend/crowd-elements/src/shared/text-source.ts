/** The `text` of the V2 elements: the text itself, or where in S3 it is. */

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

/** Reads what a reference names; throws an Error that says to the template's author why it cannot. */
export async function fetchText(reference: string): Promise<string> {
  const address = reference.trim();
  if (/^s3:/i.test(address)) {
    throw new Error(
      `The attribute text="${address}" names an object that a page cannot read: pass it through grant_read_access.`,
    );
  }
  const { origin, pathname } = new URL(address);
  let response: Response;
  try {
    response = await fetch(address);
  } catch {
    throw new Error(
      `The text at ${origin}${pathname} could not be read: it is not there, or its bucket allows no CORS.`,
    );
  }
  if (!response.ok) {
    throw new Error(
      `The text at ${origin}${pathname} could not be read: status ${response.status}.`,
    );
  }
  return response.text();
}
