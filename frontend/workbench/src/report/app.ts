/** The job's report: filters, order, keys, and the drawing of what is opened. */
import { isTyping } from "./keys.ts";
import { drawing, unpack } from "./packs.ts";
import { makeSortable } from "./tables.ts";
import { type Index, keeps, ordered, readView, type View, viewText } from "./view.ts";

const MOST_OPEN = 100;
const PAUSE_MS = 120;

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

export function startReport(): void {
  const index = JSON.parse(byId("index").textContent ?? "") as Index;
  const list = byId("list");
  const all = [...list.querySelectorAll<HTMLDetailsElement>("details.object")];
  const places = new Map(all.map((object, at) => [object, at]));
  const tools = byId<HTMLFormElement>("tools");
  const search = byId<HTMLInputElement>("search");
  const unfold = byId<HTMLButtonElement>("unfold");
  const status = byId("status");
  const zoom = byId<HTMLDialogElement>("zoom");
  const controls = [...tools.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]")];
  const control = (name: string) => controls.find((one) => one.name === name);
  tools.hidden = all.length === 0;
  for (const table of document.querySelectorAll<HTMLTableElement>("table.sortable")) {
    makeSortable(table);
  }

  // --- drawings

  const fill = async (object: HTMLDetailsElement) => {
    const at = index.pack[places.get(object) ?? -1];
    if (!at || object.dataset.drawn !== undefined) return;
    object.dataset.drawn = "";
    const template = document.createElement("template");
    template.innerHTML = await drawing(...at);
    object.append(template.content);
    object.dataset.drawn = "done";
  };
  const open = (object: HTMLDetailsElement) => {
    object.open = true;
    return fill(object);
  };
  list.addEventListener(
    "toggle",
    ({ target }) => {
      if (target instanceof HTMLDetailsElement && target.open && places.has(target)) fill(target);
    },
    { capture: true },
  );

  // --- what is shown, and in which order

  let view: View = readView(location.hash);
  let shown: HTMLDetailsElement[] = [];
  let order = "";
  let words: Promise<string[]> | undefined;
  let latest = 0;

  const allWords = async () => {
    const packs = await Promise.all(
      Array.from({ length: index.searches }, (_, at) => unpack(`words-${at}`)),
    );
    return packs.flat().map((text) => text.toLowerCase());
  };
  const place = (name: string): number | undefined => {
    const chosen = control(name);
    const at = chosen instanceof HTMLSelectElement && chosen.selectedOptions[0]?.dataset.at;
    return at ? Number(at) : undefined;
  };
  const apply = async () => {
    latest += 1;
    const mine = latest;
    const wanted = view.q.trim().toLowerCase();
    if (wanted) words ??= allWords();
    const found = wanted ? await words : undefined;
    if (mine !== latest) return;
    const [label, worker] = [place("label"), place("worker")];
    const kept = all.map(
      (_, at) =>
        keeps(index, at, view, label, worker) && (!found || (found[at] ?? "").includes(wanted)),
    );
    const sequence = ordered(index, view.sort);
    if (order !== view.sort) {
      order = view.sort;
      list.append(...sequence.map((at) => all[at] as HTMLElement));
    }
    for (const [at, object] of all.entries()) {
      if (object.hidden === kept[at]) object.hidden = !kept[at];
    }
    shown = sequence.filter((at) => kept[at]).map((at) => all[at] as HTMLDetailsElement);
    byId("nothing").hidden = shown.length > 0 || all.length === 0;
    status.textContent =
      shown.length === all.length
        ? ""
        : `${shown.length.toLocaleString("en")} of ${all.length.toLocaleString("en")} shown`;
    tellUnfold();
  };
  const show = () => {
    for (const one of controls) {
      const value = String(view[one.name as keyof View]);
      if (one.value !== value) one.value = value;
    }
    const least = document.getElementById("least");
    if (least) least.textContent = `${view.least}%`;
    return apply();
  };
  const change = (next: View) => {
    view = next;
    // The address is kept without a step in the history for each letter.
    history.replaceState(null, "", `#${viewText(view)}`);
    return show();
  };
  const read = () => {
    const values = Object.fromEntries(controls.map((one) => [one.name, one.value]));
    return { ...view, ...values, least: Number(values.least ?? 0) } as View;
  };
  let later: ReturnType<typeof setTimeout> | undefined;
  tools.addEventListener("input", ({ target }) => {
    clearTimeout(later);
    later = setTimeout(() => change(read()), target === search ? PAUSE_MS : 0);
  });
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("reset", (event) => {
    event.preventDefault();
    change(readView(""));
  });

  const tellUnfold = () => {
    const closing = shown.length > 0 && shown.slice(0, MOST_OPEN).every((object) => object.open);
    const many = shown.length > MOST_OPEN ? `the first ${MOST_OPEN}` : "all";
    unfold.textContent = `${closing ? "Close" : "Open"} ${closing ? "all" : many}`;
  };
  unfold.addEventListener("click", async () => {
    if (unfold.textContent?.startsWith("Close")) for (const object of shown) object.open = false;
    else await Promise.all(shown.slice(0, MOST_OPEN).map(open));
    tellUnfold();
  });

  // --- keys

  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  const go = async (object: HTMLDetailsElement) => {
    await open(object);
    const summary = object.querySelector("summary");
    summary?.focus({ preventScroll: true });
    summary?.scrollIntoView({ block: "start", behavior: reduced.matches ? "auto" : "smooth" });
  };
  const here = () => document.activeElement?.closest<HTMLDetailsElement>("details.object");
  const step = (by: number) => {
    const at = shown.indexOf(here() as HTMLDetailsElement);
    const last = shown.length - 1;
    const next = at < 0 ? (by > 0 ? 0 : last) : Math.min(Math.max(at + by, 0), last);
    const object = shown[next];
    if (object) go(object);
  };
  const keys: Readonly<Record<string, () => void>> = {
    n: () => step(1),
    j: () => step(1),
    p: () => step(-1),
    k: () => step(-1),
    o: () => {
      const object = here();
      if (object?.open) object.open = false;
      else if (object) open(object);
    },
    "/": () => search.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || zoom.open) return;
    if (event.target === search && event.key === "Escape") {
      search.blur();
      change({ ...view, q: "" });
    } else if (!isTyping(event.target) && Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]?.();
    }
  });

  // --- addresses: of an object, or of what is to be seen

  const follow = async () => {
    const object = document.getElementById(location.hash.slice(1)) as HTMLDetailsElement | null;
    if (!object || !places.has(object)) {
      if (location.hash.includes("=") || !location.hash) view = readView(location.hash);
      return show();
    }
    if (object.hidden) {
      view = readView("");
      await show();
    }
    return go(object);
  };
  addEventListener("hashchange", follow);
  // A second click on the same link changes no hash.
  document.addEventListener("click", ({ target }) => {
    const link = (target as Element).closest<HTMLAnchorElement>("a[href^='#o']");
    if (link && link.hash === location.hash) follow();
  });

  // --- pictures, copies, paper

  const picture = zoom.querySelector("img") as HTMLImageElement;
  document.addEventListener("click", async ({ target }) => {
    const clicked = target as HTMLElement;
    const shot = clicked.closest("button.shot")?.querySelector("img");
    if (shot) {
      picture.src = shot.src;
      picture.alt = shot.alt.replace(/: enlarge$/, "");
      zoom.showModal();
    }
    if (clicked === zoom || clicked === picture || clicked.id === "unzoom") zoom.close();
    const copy = clicked.closest("button.copy");
    const printed = copy?.parentElement?.querySelector("pre");
    if (copy && printed) {
      // The JSON is printed over many lines; no string in it has a line break of its own.
      const line = (printed.textContent ?? "").replace(/\n */g, "");
      try {
        await navigator.clipboard.writeText(line);
        copy.textContent = "Copied";
      } catch {
        getSelection()?.selectAllChildren(printed);
        copy.textContent = "Selected: copy with the keyboard";
      }
    }
  });
  const closed: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    for (const object of shown) {
      // What waits in a pack cannot be unpacked in time.
      if (object.open || index.pack[places.get(object) ?? -1]) continue;
      closed.push(object);
      object.open = true;
    }
  });
  addEventListener("afterprint", () => {
    for (const object of closed.splice(0)) object.open = false;
  });

  // On a narrow screen a page of open objects is endless.
  if (matchMedia("(max-width: 44rem)").matches) {
    for (const object of all.slice(1)) object.open = false;
  }
  shown = all;
  follow().then(() => document.documentElement.setAttribute("data-ready", ""));
}
