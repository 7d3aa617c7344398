// One question a screen, every answer kept as it is given. Without this script the same page works as one long form.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const root = document.documentElement;
  const get = (id) => document.getElementById(id);
  const form = get("survey");
  const { path, words } = { path: location.pathname, words: form.dataset };
  const questions = [...form.querySelectorAll(".question")];
  const alarms = [...document.querySelectorAll(".alarm[data-when]")];
  const codeOf = (question) => question.id.slice(2);
  const asks = (question) => question.querySelector("[name]");
  const conditions = (element) => JSON.parse(element.dataset.when || "[]");
  let asked = questions; // those whose conditions hold
  let reviewing = false; // came from the list of answers, and goes back to it

  // Shows what the answers so far ask for: questions that depend on them, and what to do at once.
  const follow = () => {
    const answers = {};
    asked = questions.filter((question) => {
      const applies = kinds.holds(conditions(question), answers);
      if (applies) answers[codeOf(question)] = kinds.answer(question);
      return applies;
    });
    for (const alarm of alarms) {
      const rings = kinds.holds(conditions(alarm), answers);
      if (alarm.hidden === rings) alarm.hidden = !rings;
    }
  };

  // ---- screens: the start, each question, the list of answers; the address says which, so that Back works ----

  const where = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if (name === "review") return asked.length;
    return asked.findIndex((question) => question.id === name || question.contains(get(name)));
  };
  const go = (screen, replace) => {
    const hash = screen < 0 ? "" : "#" + (asked[screen] ? asked[screen].id : "review");
    history[replace ? "replaceState" : "pushState"](null, "", path + hash);
    show(true);
  };

  const show = (focus) => {
    const screen = where();
    const last = screen === asked.length;
    if (screen < 0 || last) reviewing = false;
    root.classList.toggle("one", screen >= 0);
    for (const question of questions) question.hidden = question !== asked[screen];
    get("start").hidden = screen >= 0;
    get("review").hidden = get("finish").hidden = !last;
    get("steps").hidden = screen < 0;
    get("next").hidden = last;
    get("next").textContent = reviewing ? words.review : words.next;
    get("progress").hidden = screen < 0 || last;
    get("progress").max = asked.length;
    get("progress").value = screen + 1;
    if (last) list();
    if (!focus) return;
    scrollTo(0, 0);
    const heading = (asked[screen] || get(last ? "review" : "start")).querySelector("h2, button");
    heading.focus({ preventScroll: true });
  };

  const list = () => {
    const listed = asked.filter(asks);
    get("gaps").hidden = listed.every((question) => kinds.answer(question) !== null);
    get("answers").replaceChildren(
      ...listed.map((question, index) => {
        const heading = question.querySelector("h2");
        const given = kinds.answer(question) !== null;
        const row = document.createElement("li");
        const text = document.createElement("p");
        const answer = document.createElement(given ? "strong" : "em");
        const change = document.createElement("button");
        text.textContent = heading.textContent;
        text.id = "asked-" + index;
        text.lang = answer.lang = heading.lang || root.lang;
        text.dir = heading.dir || root.dir;
        answer.textContent = given ? kinds.words(question) : words.none;
        if (!given) answer.lang = root.lang;
        change.type = "button";
        change.className = "quiet";
        change.id = "change-" + index;
        change.textContent = words.change;
        change.setAttribute("aria-labelledby", change.id + " " + text.id);
        change.onclick = () => {
          go(asked.indexOf(question));
          reviewing = true;
          show(true);
        };
        row.append(text, answer, change);
        return row;
      }),
    );
  };

  // ---- what the participant does ----

  const fieldsOf = (item) =>
    [...new FormData(form)].filter(([name]) => name === item || name.startsWith(item + ":"));
  const respondent = () => new FormData(form).get("respondent");

  form.addEventListener("change", ({ target }) => {
    const question = target.closest(".question");
    if (!question || !target.name) return;
    const item = codeOf(question);
    follow();
    outbox.keep({ kind: "answer", item, fields: fieldsOf(item), respondent: respondent() });
  });
  // A phone may be put away in the middle of a word: that it is left counts as the end of typing.
  document.addEventListener("visibilitychange", () => document.hidden && document.activeElement.blur());

  get("begin").onclick = () => {
    const open = asked.findIndex((question) => asks(question) && kinds.answer(question) === null);
    go(open < 0 ? asked.length : asked.slice(0, open).some(asks) ? open : 0);
  };
  get("next").onclick = () => {
    const next = where() + 1;
    follow();
    go(reviewing ? asked.length : next);
  };
  get("back").onclick = () => go(where() - 1);

  let sending;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (!button || button.hidden) return; // the Enter key, pressed on an answer
    if (button.value === "send") {
      if (sending) return;
      sending = true;
      const before = (await outbox.mine()).some((entry) => entry.path === path && entry.kind === "send");
      await (before ? outbox.show() : outbox.keep({ kind: "send", item: "do", respondent: respondent() }));
      sending = false;
    } else if (button.value === "save") location.assign("/today?saved");
    else if (!(await outbox.flush())) {
      get("do").disabled = false;
      get("do").value = button.value;
      form.action = path + location.hash; // the same question again, in the other language
      form.submit();
    }
  });
  addEventListener("hashchange", () => show(true));

  // ---- begin where the participant was, with what this phone kept and the page does not hold ----

  const fill = (entry) => {
    const question = get("q-" + entry.item);
    if (!question) return;
    const values = {};
    for (const [name, value] of entry.fields) (values[name] ||= []).push(value);
    for (const control of question.querySelectorAll("[name]")) {
      const given = values[control.name] || [];
      if (/radio|checkbox/.test(control.type)) control.checked = given.includes(control.value);
      else if (control.type !== "hidden") control.value = given[0] ?? "";
    }
  };
  const begin = async () => {
    const kept = (await outbox.mine()).filter((entry) => entry.path === path && entry.kind === "answer");
    const drawn = kept.filter((entry) => entry.state === "received" && entry.received <= +words.drawnAt);
    await outbox.remove(drawn);
    for (const entry of kept) if (!drawn.includes(entry)) fill(entry);
    questions.forEach(kinds.enhance);
    follow();
    show(where() >= 0);
  };
  get("begin").hidden = false;
  follow();
  show(where() >= 0);
  begin();
});
