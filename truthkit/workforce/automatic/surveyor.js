// What a worker can see of a page and act on. Evaluated once a page; gives an object that stays with the caller, so that
// nothing of it can be met by the page's own scripts.
([documented, widgets]) => {
  const TYPED = /^crowd-(input|text-area)$/;
  const TICKED = /^crowd-(checkbox|toggle-button|radio-button)$/;
  const NOT_FILLED = new Set(["hidden", "button", "submit", "reset", "image", "file", "color"]);
  const PRESSED =
    "button, input[type=button], input[type=submit], input[type=image], [role=button], [role=tab], [role=option], summary, " +
    "a[href^='javascript:'], a[href='#'], a[onclick], [onclick], crowd-button, crowd-fab, crowd-icon-button";

  const DROPPED_ON =
    "[ondrop], [dropzone], :is(div, ul, ol, td, section):is([class*=drop i], [id*=drop i], [class*=zone i], [class*=target i], [class*=bucket i])";

  const numbers = new WeakMap();
  const elements = [];
  const numberOf = (element) => {
    if (!numbers.has(element)) numbers.set(element, elements.push(element) - 1);
    return numbers.get(element);
  };

  const parentOf = (node) =>
    node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const within = (inner, outer) => {
    for (let node = inner; node; node = parentOf(node)) if (node === outer) return true;
    return false;
  };
  const isCrowd = (element) =>
    element.localName.startsWith("crowd-") && documented.includes(element.localName);
  const isWidget = (element) =>
    widgets.includes(element.localName) && "_submittableValue" in element;

  const anyCrowd = `:is(${documented.filter((name) => name.startsWith("crowd-")).join()})`;
  const outermostCrowd = `${anyCrowd}:not(crowd-form, ${anyCrowd} *)`;

  // The template's own elements, those in its own shadow roots after their host. A crowd element's inside is the
  // element's own affair, but for what templates put there: further controls into the form of crowd-entity-annotation,
  // and crowd elements anywhere. No element has other crowd elements in it than that form.
  function* all(root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (!element.shadowRoot) continue;
      if (!isCrowd(element)) yield* all(element.shadowRoot);
      else if (isWidget(element)) {
        for (const added of element.shadowRoot.querySelectorAll("crowd-form > form > *")) {
          if (added.querySelector(".awsui-app-layout")) continue; // the widget itself
          yield added;
          yield* all(added);
        }
        for (const added of element.shadowRoot.querySelectorAll(outermostCrowd)) {
          yield added;
          yield* all(added);
        }
      }
    }
  }
  function* everything(root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* everything(element.shadowRoot);
    }
  }

  const attribute = (element, name) => element.getAttribute(name) ?? "";
  const visible = (element) =>
    element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) &&
    [...element.getClientRects()].some((box) => box.width > 0 && box.height > 0);
  const said = (element) =>
    String(
      element.innerText ||
        attribute(element, "value") ||
        attribute(element, "aria-label") ||
        element.title ||
        attribute(element, "label"),
    )
      .trim()
      .replace(/\s+/g, " ")
      .slice(0, 80);
  const innerField = (element) => element.shadowRoot?.querySelector("input, textarea") ?? null;
  // Of a native control; widgets have labels of another kind.
  const labelsOf = (element) => (element.labels instanceof NodeList ? [...element.labels] : []);
  const targetsOf = (element) => {
    const field = isCrowd(element) ? innerField(element) : null;
    return [field ?? element, ...labelsOf(element), ...(field ? [element] : [])].filter(visible);
  };
  const disabled = (element) =>
    element.matches(":disabled") ||
    element.disabled === true ||
    element.getAttribute("aria-disabled") === "true";

  // What a worker presses to bring a hidden element to sight: a tab, the summary of <details>, the button of a dialog.
  const openerOf = (element) => {
    let opener = null;
    for (let node = element; node; node = node.parentElement ?? node.getRootNode().host ?? null) {
      const parent = node.parentElement;
      if (parent?.localName === "details" && !parent.open && node.localName !== "summary") {
        opener = parent.querySelector(":scope > summary");
      } else if (node.localName === "crowd-tab" && !visible(node)) {
        const tabs = node.closest("crowd-tabs");
        const own = tabs
          ? [...tabs.querySelectorAll("crowd-tab")].filter(
              (tab) => tab.closest("crowd-tabs") === tabs,
            )
          : [];
        opener = tabs?.shadowRoot?.querySelectorAll("[role=tab]")[own.indexOf(node)] ?? opener;
      } else if (
        (node.localName === "crowd-modal" || node.localName === "crowd-instructions") &&
        !visible(element)
      ) {
        opener = node.shadowRoot?.querySelector("button, a") ?? opener;
      } else if (node.localName === "full-instructions" && !visible(node)) {
        opener =
          node.parentElement?.shadowRoot?.querySelector(
            ".moreInstructionsLink, [data-testid=instructions-button]",
          ) ?? opener;
      }
    }
    return opener && visible(opener) ? numberOf(opener) : null;
  };

  const radioGroup = (element) => {
    if (element.localName === "crowd-radio-button") {
      const group = element.closest("crowd-radio-group");
      return group ? `crowd ${numberOf(group)}` : `alone ${numberOf(element)}`;
    }
    if (!element.name) return `alone ${numberOf(element)}`;
    return `native ${element.form ? numberOf(element.form) : "none"} ${element.name}`;
  };

  const control = (element) => {
    const tag = element.localName;
    const base = {
      number: numberOf(element),
      tag,
      name: attribute(element, "name"),
      disabled: disabled(element),
    };
    const shown = targetsOf(element).length > 0;
    const more = {
      ...base,
      visible: shown,
      opener: shown ? null : openerOf(element),
      label: said(labelsOf(element)[0] ?? element),
    };
    if (isWidget(element)) return { ...more, kind: "widget", valid: !element.problem };
    if (TICKED.test(tag)) {
      const radio = tag === "crowd-radio-button";
      return {
        ...more,
        kind: radio ? "radio" : "check",
        on: element.checked === true,
        required: element.required === true,
        group: radio ? radioGroup(element) : "",
        value: element.value ?? "on",
        valid: !element.problem,
      };
    }
    const typed = TYPED.test(tag);
    if (typed || tag === "crowd-slider") {
      if (attribute(element, "type") === "hidden") return null;
      const field = innerField(element);
      return {
        ...more,
        kind: typed ? "text" : "slider",
        type: typed ? (field?.type ?? "text") : "range",
        value: String(element.value ?? ""),
        required: element.required === true,
        readOnly: false,
        min: attribute(field ?? element, "min"),
        max: attribute(field ?? element, "max"),
        step: attribute(field ?? element, "step"),
        pattern: attribute(element, "allowed-pattern"),
        byCharacter: element.autoValidate === true,
        minLength: Number(element.minLength ?? 0) || 0,
        maxLength: Number(element.maxLength ?? 0) || 0,
        valid: !element.problem && (field?.validity.valid ?? true),
      };
    }
    const valid = element.willValidate ? element.validity.valid : true;
    const native = {
      ...more,
      required: element.required === true,
      readOnly: element.readOnly === true,
      valid,
    };
    if (tag === "select") {
      const options = [...element.options].map((option) => ({
        value: option.value,
        text: option.text.trim(),
        usable:
          !option.disabled &&
          !option.hidden &&
          option.style.display !== "none" &&
          !option.parentElement.disabled,
      }));
      return {
        ...native,
        kind: "select",
        value: element.value,
        multiple: element.multiple,
        options,
        chosen: element.selectedIndex,
      };
    }
    if (tag === "input" && NOT_FILLED.has(element.type)) return null;
    if (tag === "input" && /^(radio|checkbox)$/.test(element.type)) {
      const radio = element.type === "radio";
      return {
        ...native,
        kind: radio ? "radio" : "check",
        on: element.checked,
        value: element.value,
        group: radio ? radioGroup(element) : "",
      };
    }
    if (tag === "input" || tag === "textarea") {
      return {
        ...native,
        kind: element.type === "range" ? "slider" : "text",
        type: tag === "textarea" ? "textarea" : element.type,
        value: element.value,
        min: element.min ?? "",
        max: element.max ?? "",
        step: element.step ?? "",
        pattern: element.pattern ?? "",
        byCharacter: false,
        minLength: Math.max(0, element.minLength ?? 0),
        maxLength: Math.max(0, element.maxLength ?? 0),
        list: element.list ? [...element.list.options].map((option) => option.value) : [],
      };
    }
    if (element.isContentEditable && !element.parentElement?.isContentEditable) {
      return {
        ...native,
        kind: "text",
        type: "editable",
        value: element.innerText.trim(),
        valid: true,
      };
    }
    return null;
  };

  const FIELDS = "input, textarea, select, [contenteditable]";
  const isField = (element) =>
    (element.matches(FIELDS) && !/^(button|submit|reset|image)$/.test(element.type)) ||
    (isCrowd(element) &&
      (isWidget(element) ||
        TICKED.test(element.localName) ||
        TYPED.test(element.localName) ||
        element.localName === "crowd-slider"));

  // Where a press submits: 2 it says so, 1 it does unless a script prevents it, 0 not by itself.
  const submits = (element) => {
    if (
      element.matches("crowd-button[form-action=submit], [type=submit], [data-testid=crowd-submit]")
    )
      return 2;
    return element.matches("button:not([type]), input[type=image]") && element.closest("form")
      ? 1
      : 0;
  };

  // What looks as if it could be pressed: a hand over it, and not because of what it stands in.
  const inviting = (element) => {
    if (
      !(element instanceof HTMLElement || element instanceof SVGElement) ||
      element.closest("label, a[href]")
    )
      return false;
    const cursor = (one) => getComputedStyle(one).cursor;
    return (
      cursor(element) === "pointer" &&
      (!element.parentElement || cursor(element.parentElement) !== "pointer")
    );
  };

  function* pressables(deep) {
    for (const element of all(document)) {
      if (!isField(element) && (element.matches(PRESSED) || (deep && inviting(element))))
        yield element;
    }
    for (const element of everything(document)) {
      if (element.matches("[data-testid=crowd-submit]") && element.getRootNode() !== document)
        yield element;
    }
  }

  const press = (element) => ({
    number: numberOf(element),
    tag: element.localName,
    text: [...new Set([said(element), element.title, attribute(element, "aria-label")])]
      .filter(Boolean)
      .join(" ")
      .slice(0, 120),
    visible: visible(element),
    disabled: disabled(element),
    submits: submits(element),
    hint: `${element.id} ${element.className?.baseVal ?? element.className ?? ""} ${attribute(element, "onclick")} ${attribute(element, "href")}`.slice(
      0,
      300,
    ),
  });

  const media = (element) => ({
    number: numberOf(element),
    visible: visible(element),
    done: element.ended || element.error !== null || element.networkState === 3,
    play_at: element.localName === "audio" ? Math.min(0.5, 24 / (element.clientWidth || 300)) : 0.5,
    length: Number.isFinite(element.duration) ? element.duration : 0,
  });

  const deepest = (x, y) => {
    let found = document.elementFromPoint(x, y);
    while (found?.shadowRoot) {
      const deeper = found.shadowRoot.elementFromPoint(x, y);
      if (!deeper || deeper === found) break;
      found = deeper;
    }
    return found;
  };

  let changes = 0;
  let wake = () => {};
  new MutationObserver(() => {
    changes += 1;
    wake();
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-crowd-state"] });
  const stateNow = () => document.documentElement.dataset.crowdState ?? "";
  const turn = () => new Promise((resolve) => setTimeout(resolve));

  // The words of a text: where each begins and ends in it.
  const textIn = (root) => {
    const nodes = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  };
  const wordsIn = (root) =>
    textIn(root).flatMap((node) =>
      [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(node.data)]
        .filter(({ isWordLike }) => isWordLike)
        .map(({ index, segment }) => [node, index, index + segment.length]),
    );
  const partIn = (number, selector) => elements[number].shadowRoot.querySelector(selector);

  return {
    // What stands in a widget's shadow root, as things to press.
    parts(number, selector) {
      const on = (part) =>
        ["checked", "pressed", "selected"].some(
          (state) => part.getAttribute(`aria-${state}`) === "true",
        );
      return [...elements[number].shadowRoot.querySelectorAll(selector)].map((part) => ({
        number: numberOf(part),
        name: part.dataset.label ?? part.dataset.testid ?? said(part),
        on: on(part) || part.classList.contains("selected"),
        reachable: visible(part) && !disabled(part),
      }));
    },

    // The native controls of a widget's work.
    async inside(number) {
      await turn();
      const fields = elements[number].shadowRoot.querySelectorAll(
        ":is(.annotation-area, .panel) :is(input, textarea, select)",
      );
      return [...fields].map(control).filter(Boolean);
    },

    attributes: (number) =>
      Object.fromEntries([...elements[number].attributes].map(({ name, value }) => [name, value])),

    labelsUsed(number) {
      const lists = Object.values(elements[number]._submittableValue ?? {}).filter(Array.isArray);
      return lists.flat().map((one) => String(one?.label ?? one));
    },

    // Where several places of an element are in the window; null if not all of them can be pointed at.
    places(number, shares) {
      const element = elements[number];
      for (const block of ["nearest", "center", "start", "end"]) {
        element.scrollIntoView({ block, inline: "nearest", behavior: "instant" });
        const box = element.getBoundingClientRect();
        const points = shares.map(([x, y]) => [box.left + x * box.width, box.top + y * box.height]);
        if (points.every(([x, y]) => within(deepest(x, y), element))) return points;
      }
      return null;
    },

    // How much a widget's answer has: boxes, entities, labels, …
    amount(number) {
      const count = (value) => {
        if (Array.isArray(value)) return value.length;
        if (value === null || typeof value !== "object")
          return value === undefined || value === "" ? 0 : 1;
        return Object.entries(value).reduce((sum, [key, part]) => {
          if (key === "labelMappings") return sum + Object.keys(part).length;
          return sum + (Array.isArray(part) || key === "label" ? count(part) : 0);
        }, 0);
      };
      return count(elements[number]._submittableValue);
    },

    // Waits until the picture of a widget has come, or will not.
    async loaded(number, patience) {
      const end = performance.now() + patience;
      for (;;) {
        const state = partIn(number, "#annotation-area-container")?.dataset.state;
        if (state !== "loading" || performance.now() > end) return state === "ready";
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },

    // The number of words in a part of a widget, or null without such a part.
    words(number, selector) {
      const root = partIn(number, selector);
      return root ? wordsIn(root).length : null;
    },

    // Where a drag over a word begins and ends; null if it cannot be seen.
    word(number, selector, index) {
      const [node, start, end] = wordsIn(partIn(number, selector))[index] ?? [];
      if (!node) return null;
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, end);
      node.parentElement.scrollIntoView({ block: "nearest", behavior: "instant" });
      for (let tries = 0; tries < 2; tries += 1) {
        const box = range.getClientRects()[0];
        if (!box) return null;
        if (box.top >= 0 && box.bottom <= innerHeight) {
          const y = (box.top + box.bottom) / 2;
          return { from: [box.left + 1, y], to: [box.right - 1, y] };
        }
        scrollBy({ top: box.top - innerHeight / 2, behavior: "instant" });
      }
      return null;
    },

    field: (number) =>
      isCrowd(elements[number]) ? innerField(elements[number]) : elements[number],

    // All that can be acted on, in document order, after the page's scripts have had their turn.
    async look(deep) {
      await turn();
      await turn();
      const found = [...all(document)];
      return {
        state: stateNow(),
        shown: document.body?.innerText.length ?? 0,
        controls: found.filter(isField).map(control).filter(Boolean),
        presses: [...new Set(pressables(deep))].map(press),
        media: found.filter((element) => element instanceof HTMLMediaElement).map(media),
        dialogs: [...everything(document)].filter(
          (element) => element.localName === "dialog" && element.open,
        ).length,
        drags: found
          .filter((element) => attribute(element, "draggable") === "true" && visible(element))
          .map(numberOf),
        drops: found
          .filter((element) => element.matches(DROPPED_ON) && visible(element))
          .map(numberOf),
      };
    },

    // A point of the element that a press would land on; `share` says where in its box. Scrolls as far as needed.
    aim(number, share = [0.5, 0.5]) {
      const element = elements[number];
      if (!element?.isConnected) return { problem: "it is gone" };
      changes = 0;
      let covering = null;
      for (const target of targetsOf(element)) {
        for (const block of [null, "nearest", "center", "start", "end"]) {
          if (block) target.scrollIntoView({ block, inline: "nearest", behavior: "instant" });
          const boxes = [...target.getClientRects()].filter(
            (box) => box.width > 0 && box.height > 0,
          );
          for (const [dx, dy] of [share, [0.5, 0.25], [0.25, 0.5], [0.05, 0.5]]) {
            for (const box of boxes.slice(0, 2)) {
              const x = box.left + box.width * dx;
              const y = box.top + box.height * dy;
              if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
              const hit = deepest(x, y);
              if (hit && (within(hit, target) || within(hit, element))) return { x, y };
              covering = hit ?? covering;
            }
          }
        }
      }
      return { problem: covering ? `<${covering.localName}> covers it` : "it cannot be seen" };
    },

    // What became of a submission: waits for the form to say, `patience` at most; longer while it is sending.
    outcome(patience, sendPatience) {
      return new Promise((resolve) => {
        let timer;
        const end = () => {
          clearTimeout(timer);
          wake = () => {};
          resolve(changes ? stateNow() : "");
        };
        wake = () => {
          clearTimeout(timer);
          if (stateNow() === "sending") timer = setTimeout(end, sendPatience);
          else end();
        };
        timer = setTimeout(end, patience);
        if (changes) wake();
      });
    },

    // Resolves when the page changes, true, or after `patience`, false.
    changed(patience) {
      return new Promise((resolve) => {
        const observer = new MutationObserver(() => end(true));
        const end = (yes) => {
          observer.disconnect();
          clearTimeout(timer);
          resolve(yes);
        };
        const timer = setTimeout(() => end(false), patience);
        observer.observe(document.documentElement, {
          attributes: true,
          childList: true,
          subtree: true,
          characterData: true,
        });
      });
    },

    // Resolves when a film or a sound is `what` ("playing", "ended"), true, or after `patience`, or if it cannot be, false.
    happens(number, what, patience) {
      const element = elements[number];
      const is = () => element.ended || (what === "playing" && !element.paused);
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          resolve(is());
        };
        const timer = setTimeout(end, patience);
        if (is() || element.error) return end();
        for (const type of [what, "error"]) element.addEventListener(type, end, { once: true });
      });
    },

    // The controls that the answer should have, and whether they are empty, or in no form that reads them.
    named() {
      const names = [];
      for (const element of all(document)) {
        const name = attribute(element, "name");
        const home = element.getRootNode();
        const linked = document.getElementById(attribute(element, "crowd-form-element-id"));
        const inForm =
          element.closest("crowd-form") ||
          linked?.localName === "crowd-form" ||
          element.localName === "crowd-entity-annotation";
        // No form reads what stands in a shadow root, but for the form of crowd-entity-annotation.
        if (home !== document && !(isCrowd(home.host) && inForm)) continue;
        const tag = element.localName;
        const about = {
          number: numberOf(element),
          // A widget beside the form that it names answers under its tag if it has no name.
          name: name || (linked ? tag : ""),
          tag,
          empty: false,
          outside: !inForm,
          hidden: element.type === "hidden",
          pictureless: false,
        };
        if (isWidget(element))
          names.push({
            ...about,
            empty: element._submittableValue === undefined,
            pictureless:
              Boolean(element.src) &&
              partIn(about.number, "#annotation-area-container")?.dataset.state === "failed",
          });
        else if (!name) continue;
        else if (TYPED.test(tag)) {
          // An empty one is not in the answer; one that is hidden by its type is not a worker's to fill in.
          if (element.value || attribute(element, "type") !== "hidden")
            names.push({ ...about, empty: !element.value });
        } else if (TICKED.test(tag) || tag === "crowd-slider")
          names.push(about);
        else if (
          /^(input|textarea|select)$/.test(tag) &&
          !/^(submit|button|reset|image|file)$/.test(element.type) &&
          !element.matches(":disabled")
        ) {
          names.push(about);
        }
      }
      return names;
    },

    blur() {
      let focused = document.activeElement;
      while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
      focused?.blur();
    },

    // Documented elements that the crowd script did not take up.
    shells: () => [
      ...new Set(
        [...everything(document)]
          .map((element) => element.localName)
          .filter((name) => documented.includes(name) && !customElements.get(name)),
      ),
    ],
  };
};
