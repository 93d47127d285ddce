import { SEND_TIMEOUT } from "../defaults.ts";
import type { Answer } from "./collect.ts";

/** Where the answer goes; undefined on a page that was opened without a harness. */
export function answerAddress(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[name="truthkit-answer"]')?.content;
}

/** Why the answer did not arrive: no reply, or one with this status. */
export class SendError extends Error {
  constructor(readonly status?: number) {
    super(
      status === undefined ? "the server could not be reached" : `the server replied ${status}`,
    );
  }
}

/** One POST of the page's result; throws SendError. */
export async function send(address: string, body: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(SEND_TIMEOUT),
    });
  } catch {
    throw new SendError();
  }
  if (!response.ok) throw new SendError(response.status);
}

/** The page's result: a JSON array with one object. */
export const resultText = (answer: Answer, indent?: number) =>
  JSON.stringify([answer], undefined, indent);
