// One question a screen, every answer kept as it is given. Without this script the same page works as one long form.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  if (!self.outbox?.mine) return; // its script did not arrive: the long form works without this one
  const root = document.documentElement;
  const get = (id) => document.getElementById(id);
  const form = get("survey");
  const { path, words } = { path: location.pathname, words: form.dataset };
  const questions = [...form.querySelectorAll(".question")];
  const alarms = [...document.querySelectorAll(".alarm[data-when]")];
  const codeOf = (question) => question.id.slice(2);
  let asked = questions; // those whose conditions hold
  let sent = false; // Send was pressed: until it is known what became of it, nothing is changed
  let reviewing = false; // came from the list of answers, and goes back to it

  // Shows what the answers so far ask for: questions that depend on them, and what to do at once.
  const follow = () => {
    asked = kinds.asked(questions);
    const answers = Object.fromEntries(asked.map((question) => [codeOf(question), kinds.answer(question)]));
    for (const alarm of alarms) {
      const rings = kinds.holds(JSON.parse(alarm.dataset.when), answers);
      if (alarm.hidden === rings) alarm.hidden = !rings;
    }
  };

  // ---- screens: the start, each question, the list of answers; the address says which, so that Back works ----

  const where = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if (sent || name === "review") return asked.length;
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
    get("review").hidden = !last;
    get("finish").hidden = sent || !last;
    get("steps").hidden = sent || screen < 0;
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
    get("gaps").hidden = !asked.some(kinds.missing);
    get("answers").replaceChildren(
      ...asked.filter((question) => kinds.words(question) !== null).map((question, index) => {
        const heading = question.querySelector("h2");
        const given = kinds.words(question);
        const row = document.createElement("li");
        const text = document.createElement("p");
        const answer = document.createElement(given ? "strong" : "em");
        const change = document.createElement("button");
        text.textContent = heading.textContent;
        text.id = "asked-" + index;
        text.lang = answer.lang = heading.lang || root.lang;
        text.dir = heading.dir || root.dir;
        answer.textContent = given || words.none;
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
        row.append(text, answer, ...(sent ? [] : [change]));
        return row;
      }),
    );
  };

  // ---- what the participant does ----

  // Who answers goes along with each answer; until the first one this tab keeps it.
  const respondent = () => form.querySelector("[name=respondent]:checked")?.value;
  const [tab, said] = [self.sessionStorage, "respondent " + path];
  for (const choice of form.querySelectorAll("[name=respondent]")) {
    if (tab?.getItem(said) === choice.value) choice.checked = choice.closest("details").open = true;
    choice.onchange = () => tab?.setItem(said, choice.value);
  }

  form.addEventListener("change", ({ target }) => {
    const question = target.closest(".question");
    if (!question || !target.name) return;
    follow();
    if ("practice" in question.dataset) return;
    outbox.keep({ kind: "answer", item: codeOf(question), fields: kinds.fields(question), respondent: respondent() });
    tab?.removeItem(said);
  });
  // A phone may be put away in the middle of a word: that it is left counts as the end of typing.
  document.addEventListener("visibilitychange", () => document.hidden && document.activeElement.blur());

  get("begin").onclick = () => {
    const begun = asked.some((question) => kinds.answer(question) !== null);
    const open = begun ? asked.findIndex(kinds.missing) : 0;
    go(open < 0 ? asked.length : open);
  };
  get("next").onclick = () => {
    const next = where() + 1;
    follow();
    go(reviewing ? asked.length : next);
  };
  get("back").onclick = () => go(where() - 1);

  let sending = false;
  let arrived = false; // whatever becomes of this page: the server has them
  const lock = async () => {
    const entries = (await outbox.mine()).filter((entry) => entry.path === path);
    if (outbox.blind && !entries.length) return; // whether Send still waits cannot be seen
    arrived ||= entries.some((entry) => entry.state === "arrived");
    const locked = sending || arrived || entries.some((entry) => entry.kind === "send" && entry.state === "saved");
    if (sent === locked) return;
    sent = locked;
    show();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (!button || button.hidden) return; // the Enter key, pressed on an answer
    if (button.value === "send") {
      if (sent) return;
      sent = sending = true;
      show();
      await outbox.keep({ kind: "send", item: "do", respondent: respondent() });
      sending = false;
      await lock();
    } else if (button.value === "save") {
      const full = (await outbox.mine()).some((entry) => entry.state === "saved" && !entry.number);
      if (!full) location.assign("/today?saved"); // this page holds what the phone has no room for
    } else if (!(await outbox.flush())) {
      for (const question of questions) question.disabled = true; // the answers have been sent: not once more
      get("do").disabled = false;
      get("do").value = button.value;
      form.action = path + location.hash; // the same question again, in the other language
      form.submit();
    }
  });
  addEventListener("hashchange", () => show(true));
  // A page that Back brings as it was left knows nothing of what has been sent since.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  // ---- begin where the participant was, with what this phone kept and the page does not hold ----

  const begin = async () => {
    const kept = (await outbox.mine()).filter((entry) => entry.path === path && entry.kind === "answer");
    const drawn = kept.filter((entry) => entry.state === "received" && entry.received <= +words.drawnAt);
    await outbox.remove(drawn);
    for (const entry of kept) {
      const question = get("q-" + entry.item);
      if (question && !drawn.includes(entry)) kinds.fill(question, entry.fields);
    }
    questions.forEach((question) => kinds.enhance(question));
    follow();
    await lock();
    show(where() >= 0);
  };
  outbox.onchange = lock;
  get("begin").hidden = false;
  follow();
  show(where() >= 0);
  begin();
});
