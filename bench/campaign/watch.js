// Put before every page of the campaign: a clock that can be set, and the participant's eyes.
(() => {
  "use strict";
  if (!globalThis.Shifted) {
    const Real = Date;
    globalThis.Shifted = class Date extends Real {
      constructor(...parts) {
        if (parts.length) super(...parts);
        else super(Real.now() + (globalThis.clockOffset || 0));
      }
      static now() {
        return Real.now() + (globalThis.clockOffset || 0);
      }
    };
    globalThis.Date = globalThis.Shifted;
  }
  if (typeof document === "undefined" || globalThis.top !== globalThis) return;

  // What the page promises of everything given on it: "", "saved" (on this phone), "sent" or "received".
  const state = () => {
    const status = document.getElementById("status");
    return (status && status.dataset.state) || "";
  };

  const NOTICED = 150; // ms that a state has to stand after an answer before somebody has seen it
  const LEVELS = { saved: 1, sent: 2, received: 3 };
  const given = new Map(); // item -> [value, when, what was told of it]
  addEventListener(
    "change",
    (event) => {
      const { type, name, value } = event.target;
      if (type === "radio" && event.target.closest(".question")) given.set(name, [value, performance.now(), 0]);
    },
    true,
  );
  setInterval(() => {
    const shown = state();
    const level = LEVELS[shown] || 0;
    for (const [item, known] of given) {
      const [value, at, told] = known;
      if (level <= told || performance.now() - at < NOTICED) continue;
      known[2] = level;
      globalThis.hepaticaSaw(location.pathname, item, value, shown);
    }
  }, 40);

  // What somebody sees who looks at the page.
  globalThis.hepaticaLook = () => {
    const get = (id) => document.getElementById(id);
    const shows = (element) => !!element && element.getClientRects().length > 0;
    const receipt = /^\/receipt\/([^/]+)$/.exec(location.pathname);
    const form = get("survey");
    const questions = [...document.querySelectorAll(".question")].filter(shows);
    const inputs = questions.length === 1 ? [...questions[0].querySelectorAll("input[type=radio]")] : [];
    const status = get("status");
    let where = "other";
    if (receipt && document.body.textContent.includes(receipt[1])) where = "receipt";
    else if (shows(get("birth_year"))) where = "link";
    else if (form && shows(get("begin"))) where = "start";
    else if (form && questions.length === 1 && inputs.length) where = "question";
    else if (form && questions.length > 1) where = "bare";
    else if (form && shows(get("review"))) where = "review";
    return {
      where,
      path: location.pathname,
      receipt: receipt ? receipt[1] : "",
      item: inputs.length ? inputs[0].name : "",
      values: inputs.map((input) => input.value).filter((value) => value !== "declined"),
      checked: (inputs.find((input) => input.checked) || { value: "" }).value,
      state: state(),
      later: !!status && !!status.textContent && status.textContent === status.dataset.later,
      given: form
        ? Object.fromEntries([...form.querySelectorAll(".question input[type=radio]:checked")].map((i) => [i.name, i.value]))
        : {},
    };
  };

  // How many entries the phone still has to send.
  globalThis.hepaticaWaiting = async () => {
    const known = await indexedDB.databases();
    if (!known.some(({ name }) => name === "hepatica")) return 0;
    const answer = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const base = await answer(indexedDB.open("hepatica"));
    try {
      if (!base.objectStoreNames.contains("outbox")) return 0;
      const entries = await answer(base.transaction("outbox").objectStore("outbox").getAll());
      return entries.filter((entry) => ["saved", "refused"].includes(entry.state)).length;
    } finally {
      base.close();
    }
  };
})();
