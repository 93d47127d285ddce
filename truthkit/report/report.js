"use strict";
(() => {
  const all = [...document.querySelectorAll("details.object")];
  const tools = document.getElementById("tools");
  const search = document.getElementById("search");
  const unfold = document.getElementById("unfold");
  const status = document.getElementById("status");
  const nothing = document.getElementById("nothing");
  const zoom = document.getElementById("zoom");
  tools.hidden = false;

  // In a large report an object's drawing waits in a template until it is opened.
  const fill = (object) => {
    const waiting = object.querySelector(":scope > template");
    if (waiting) waiting.replaceWith(waiting.content);
  };
  for (const object of all) object.addEventListener("toggle", () => object.open && fill(object));
  const open = (object) => {
    fill(object);
    object.open = true;
  };

  // On a narrow screen a page of open objects is endless.
  if (matchMedia("(max-width: 44rem)").matches) {
    for (const object of all.slice(1)) object.open = false;
    unfold.textContent = "Open all";
  }

  const words = new WeakMap();
  const textOf = (object) => {
    if (!words.has(object)) {
      const waiting = object.querySelector(":scope > template");
      words.set(object, `${object.textContent} ${waiting ? waiting.content.textContent : ""}`.toLowerCase());
    }
    return words.get(object);
  };
  const shown = () => all.filter((object) => !object.hidden);
  const filter = () => {
    const which = document.querySelector("input[name=show]:checked").value;
    const wanted = search.value.trim().toLowerCase();
    for (const object of all) {
      const kept = which === "all" || object.hasAttribute(`data-${which}`);
      object.hidden = !kept || (wanted !== "" && !textOf(object).includes(wanted));
    }
    const left = shown().length;
    nothing.hidden = left > 0 || all.length === 0;
    status.textContent = left === all.length ? "" : `${left} of ${all.length} shown`;
  };
  for (const radio of document.querySelectorAll("input[name=show]")) radio.addEventListener("change", filter);
  let later = 0;
  search.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(filter, 120);
  });

  unfold.addEventListener("click", () => {
    const opening = unfold.textContent === "Open all";
    for (const object of shown()) opening ? open(object) : (object.open = false);
    unfold.textContent = opening ? "Close all" : "Open all";
  });

  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  const go = (object) => {
    open(object);
    const summary = object.querySelector("summary");
    summary.focus({ preventScroll: true });
    summary.scrollIntoView({ block: "start", behavior: reduced.matches ? "auto" : "smooth" });
  };
  const step = (by) => {
    const list = shown();
    if (list.length === 0) return;
    const here = list.indexOf(document.activeElement?.closest("details.object"));
    const next = here < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(here + by, 0), list.length - 1);
    go(list[next]);
  };
  const keys = {
    n: () => step(1),
    j: () => step(1),
    p: () => step(-1),
    k: () => step(-1),
    o: () => {
      const here = document.activeElement?.closest("details.object");
      if (here?.open) here.open = false;
      else if (here) open(here);
    },
    "/": () => search.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || zoom.open) return;
    const typing = event.target.closest("input[type=search], textarea, select, [contenteditable]");
    if (typing && event.key === "Escape") {
      search.value = "";
      search.blur();
      filter();
    } else if (!typing && Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  const named = () => {
    const object = document.getElementById(location.hash.slice(1));
    if (!object?.matches("details.object")) return;
    if (object.hidden) {
      document.querySelector("input[name=show][value=all]").checked = true;
      search.value = "";
      filter();
    }
    go(object);
  };
  addEventListener("hashchange", named);
  // A second click on the same link changes no hash.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#o']");
    if (link && link.hash === location.hash) named();
  });
  if (location.hash) named();

  const picture = zoom.querySelector("img");
  document.addEventListener("click", async (event) => {
    const shot = event.target.closest("button.shot");
    if (shot) {
      picture.src = shot.firstElementChild.src;
      picture.alt = shot.firstElementChild.alt.replace(/: enlarge$/, "");
      zoom.showModal();
    }
    if (event.target === zoom || event.target === picture || event.target.id === "unzoom") zoom.close();
    const copy = event.target.closest("button.copy");
    if (copy) {
      const pre = copy.parentElement.querySelector("pre");
      // The JSON is printed over many lines; no string in it has a line break of its own.
      const line = pre.textContent.replace(/\n */g, "");
      try {
        await navigator.clipboard.writeText(line);
        copy.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(pre);
        copy.textContent = "Selected: copy with the keyboard";
      }
    }
  });

  // On paper nothing can be opened.
  const closed = [];
  addEventListener("beforeprint", () => {
    for (const object of shown()) {
      if (object.open) continue;
      closed.push(object);
      open(object);
    }
  });
  addEventListener("afterprint", () => {
    for (const object of closed.splice(0)) object.open = false;
  });
})();
