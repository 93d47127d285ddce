/** What the workbench and the worker's page say to each other: pages of two origins. */

/** From the worker's page as it begins, before any of its own scripts. */
export interface Hello {
  readonly type: "hello";
}

/** Whenever something may have changed; the answer as it would be submitted now, as JSON. */
export interface State {
  readonly type: "state";
  readonly answer: string;
}

/** Something that went wrong in the page; the server makes a finding of it. */
export interface Problem {
  readonly type: "problem";
  readonly kind: "error" | "rejection" | "console" | "refused" | "failed" | "unknown-element";
  readonly message?: string | undefined;
  readonly url?: string | undefined;
  readonly line?: number | undefined;
  readonly stack?: string | undefined;
}

/** A key for the workbench that was pressed in the page, with Alt. */
export interface Key {
  readonly type: "key";
  readonly key: "next" | "previous" | "worker";
}

export type FrameMessage = Hello | State | Problem | Key;

/** From the workbench: load the page again, or show it in another color scheme. */
export type BenchMessage =
  | { readonly type: "reload" }
  | { readonly type: "scheme"; readonly scheme: string };

const MARK = "#truthkit-scheme=";

/** The part of an address that says how the page is to look from its first moment on. */
export const schemeText = (scheme: string): string => (scheme ? `${MARK}${scheme}` : "");

export const readScheme = (hash: string): string =>
  hash.startsWith(MARK) ? hash.slice(MARK.length) : "";
