import { html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import type { Json } from "../answer.ts";
import type { Shortcut } from "../hot-keys.ts";
import { pictureStyles } from "../image/picture-styles.ts";
import { PictureView } from "../image/picture-view.ts";
import { imageStrings } from "../image/strings.ts";
import type { Viewport } from "../image/viewport.ts";
import { ChoiceWidget } from "./choice-widget.ts";
import { imageChoiceStrings } from "./image-choice-strings.ts";
import { WorkerComment, workerCommentStyles } from "./worker-comment.ts";

const COMMENT_KEY = "c";

/** A widget in which the worker chooses among categories of a picture, and may say why. */
export abstract class ImageChoiceWidget extends ChoiceWidget {
  static override properties: PropertyDeclarations = { src: { reflect: true } };
  declare src: string | undefined;

  protected readonly view = new PictureView(this, {
    name: () => this.pictureName,
    paint: (context, viewport) => this.paint(context, viewport),
    settled: () => this.pictureSettled(),
  });
  protected readonly comment = new WorkerComment(this, () => this.changed());

  /** What lies on the picture. */
  protected paint(_context: CanvasRenderingContext2D, _viewport: Viewport): void {}

  /** The picture is there, or will not come. */
  protected pictureSettled(): void {}

  /** What people who do not see the picture hear of it. */
  protected get pictureName(): string {
    return [this.header, imageStrings(this)("picture")].filter(Boolean).join(": ");
  }

  /** Without a picture a choice must be made all the same, and the worker is told why there is none. */
  protected override findProblem(): string {
    const problem = super.findProblem();
    return problem && [this.view.problem, problem].filter(Boolean).join(" ");
  }

  protected override readDraft(): Json | undefined {
    const choice = super.readDraft();
    const { text } = this.comment;
    return choice === undefined && !text ? undefined : { choice: choice ?? null, comment: text };
  }

  protected override restoreDraft(state: Json): void {
    if (state === null || typeof state !== "object" || Array.isArray(state)) return;
    super.restoreDraft(state.choice ?? null);
    if (typeof state.comment === "string") this.comment.text = state.comment;
  }

  override reset(): void {
    super.reset();
    this.comment.text = "";
  }

  protected override get takenKeys(): readonly string[] {
    return [COMMENT_KEY];
  }

  protected override get workShortcuts(): readonly Shortcut[] {
    const own = super.workShortcuts;
    const used = new Set(own.flatMap((shortcut) => shortcut.keys));
    const ofView = this.view.shortcuts.map((shortcut) => ({
      ...shortcut,
      keys: shortcut.keys.filter((key) => !used.has(key)),
    }));
    const comment: Shortcut = {
      keys: [COMMENT_KEY],
      label: imageChoiceStrings(this)("comment"),
      run: () => this.comment.open(),
    };
    return [...own, ...(this.comment.isAsked ? [comment] : []), ...ofView];
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    this.view.show(this.src);
  }

  static override styles = [...ChoiceWidget.styles, pictureStyles, workerCommentStyles];

  protected override renderTools(): TemplateResult {
    return this.view.renderZoom();
  }

  protected override renderTarget(): TemplateResult {
    return html`${this.view.render()}`;
  }

  protected override renderBelowCategories(): TemplateResult | undefined {
    return this.comment.render();
  }
}
