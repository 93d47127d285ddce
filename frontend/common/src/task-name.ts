/**
 * What a harness calls the task on this page. Drafts then belong to the task, whatever becomes of the template around
 * it, and come back by themselves. Empty in the service, where a page has nothing but its content.
 */
export const taskName = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="truthkit-task"]')?.content ?? "";
