import { SEND_TIMEOUT } from "../defaults.ts";
import type { Answer } from "./collect.ts";

/** Where the answer goes; undefined on a page that was opened without a harness. */
export function answerAddress(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[name="truthkit-answer"]')?.content;
}

/** One POST of the page's result; throws an Error whose message is for the worker. */
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
    throw new Error("the server could not be reached");
  }
  if (!response.ok) throw new Error(`the server replied ${response.status}`);
}

/** The page's result: a JSON array with one object. */
export const resultText = (answer: Answer, indent?: number) =>
  JSON.stringify([answer], undefined, indent);
