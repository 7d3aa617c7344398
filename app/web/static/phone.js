// One question a screen, every answer saved as it is given. Without this script the same page works as one long form.
"use strict";

(() => {
  const root = document.documentElement;
  const get = (id) => document.getElementById(id);

  // ---- answers that have not arrived yet: kept on the phone until the server has them ----

  const box = "hepatica " + location.pathname;
  let waiting = {}; // item -> [its fields as a form sends them, when it was given by this phone's clock]

  const keep = () => {
    try {
      if (Object.keys(waiting).length) localStorage.setItem(box, JSON.stringify(waiting));
      else localStorage.removeItem(box);
    } catch {
      // no room or not allowed: the answers still wait in this page
    }
  };
  const recall = () => {
    try {
      waiting = JSON.parse(localStorage.getItem(box)) || {};
    } catch {
      waiting = {};
    }
  };

  const start = () => {
    const form = get("survey");
    if (!form) return;
    const questions = [...form.querySelectorAll(".question")];
    const words = form.dataset;
    const status = get("status");
    let reviewing = false; // came from the list of answers, and goes back to it

    // ---- talking to the server ----

    const say = (text, alarming) => {
      if (status.textContent !== text) status.textContent = text;
      status.classList.toggle("waiting", !!alarming);
    };

    const post = async (body) => {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), 20000);
      try {
        const response = await fetch(location.pathname, {
          method: "POST",
          body,
          headers: { Accept: "application/json" },
          signal: stop.signal,
        });
        return [response.status, await response.json()];
      } finally {
        clearTimeout(timer);
      }
    };

    let pause = 0;
    let timer;
    let wanted = false; // all is to be sent, as soon as there is a connection
    const retry = () => (wanted ? send() : flush());
    const again = () => {
      pause = Math.min(pause * 2 || 2000, 30000);
      clearTimeout(timer);
      timer = setTimeout(retry, pause);
    };

    // Sends what waits, oldest first; resolves to whether everything has arrived.
    let running;
    const flush = () => {
      running ||= drain().finally(() => (running = null));
      return running;
    };
    const drain = async () => {
      clearTimeout(timer);
      let failed = "";
      while (!failed && Object.keys(waiting).length) {
        const item = Object.keys(waiting).sort((a, b) => waiting[a][1] - waiting[b][1])[0];
        const [value, given] = waiting[item];
        const age = Math.max(0, Date.now() - given) / 1000;
        if (!status.classList.contains("waiting")) say(words.saving);
        try {
          const body = new URLSearchParams(value);
          body.set("do", "save");
          body.set("age", age);
          const [code, reply] = await post(body);
          if (reply.location) {
            // it was sent already, from another tab or phone
            waiting = {};
            keep();
            location.replace(reply.location);
            return false;
          }
          if (code !== 200 && code !== 422) failed = reply.message || words.unsaved;
          else if (waiting[item][1] === given) delete waiting[item];
          if (code === 422) failed = reply.faults ? reply.faults[item] : reply.message;
        } catch {
          failed = words.unsaved;
        }
        keep();
      }
      if (failed) {
        say(failed, true);
        if (Object.keys(waiting).length) again();
        return false;
      }
      pause = 0;
      say(words.saved);
      return true;
    };

    const send = async () => {
      wanted = true;
      clearTimeout(timer);
      if (!status.classList.contains("waiting")) say(words.sending);
      const body = new URLSearchParams(new FormData(form));
      body.set("do", "send");
      body.set("gaps", "told"); // the list of answers told it
      try {
        const [code, reply] = await post(body);
        if (reply.location) {
          waiting = {};
          keep();
          location.replace(reply.location);
          return;
        }
        say(reply.message || Object.values(reply.faults)[0], true);
        if (code === 409 || code === 422) wanted = false; // trying again would not help
        else again();
      } catch {
        say(words.unsent, true);
        again();
      }
    };

    // ---- screens: the start, each question, the list of answers; the address says which, so that Back works ----

    const where = () => {
      const name = decodeURIComponent(location.hash.slice(1));
      if (name === "review") return questions.length;
      return questions.findIndex((question) => question.id === name || question.contains(get(name)));
    };
    const go = (screen, replace) => {
      const hash = screen < 0 ? "" : "#" + (questions[screen] ? questions[screen].id : "review");
      history[replace ? "replaceState" : "pushState"](null, "", location.pathname + hash);
      show(true);
    };
    // The screen before or after one, of those that are asked; all answers come after the last.
    const beside = (screen, by) => {
      const asked = kinds.asked(questions);
      do screen += by;
      while (questions[screen] && !asked.includes(questions[screen]));
      return screen;
    };

    const show = (focus) => {
      const screen = where();
      const last = screen === questions.length;
      const asking = screen >= 0 && !last;
      if (screen < 0 || last) reviewing = false;
      root.classList.toggle("one", screen >= 0);
      questions.forEach((question, index) => (question.hidden = index !== screen));
      get("start").hidden = screen >= 0;
      get("review").hidden = get("finish").hidden = !last;
      get("steps").hidden = screen < 0;
      get("next").hidden = last;
      get("next").textContent = reviewing ? words.review : words.next;
      get("progress").hidden = !asking;
      get("progress").value = screen + 1;
      if (last) list();
      else wanted = false;
      if (!focus) return;
      if (!Object.keys(waiting).length) say("");
      scrollTo(0, 0);
      const heading = (questions[screen] || get(last ? "review" : "start")).querySelector("h2, button");
      heading.focus({ preventScroll: true });
    };

    const list = () => {
      const asked = kinds.asked(questions);
      get("gaps").hidden = !asked.some(kinds.missing);
      get("answers").replaceChildren(
        ...asked.filter((question) => kinds.words(question) !== null).map((question) => {
          const index = questions.indexOf(question);
          const heading = question.querySelector("h2");
          const choice = kinds.words(question);
          const row = document.createElement("li");
          const asked = document.createElement("p");
          const answer = document.createElement(choice ? "strong" : "em");
          const change = document.createElement("button");
          asked.textContent = heading.textContent;
          asked.id = "asked-" + index;
          asked.lang = answer.lang = heading.lang || root.lang;
          asked.dir = heading.dir || root.dir;
          answer.textContent = choice || words.none;
          if (!choice) answer.lang = root.lang;
          change.type = "button";
          change.className = "quiet";
          change.id = "change-" + index;
          change.textContent = words.change;
          change.setAttribute("aria-labelledby", change.id + " " + asked.id);
          change.onclick = () => {
            go(index);
            reviewing = true;
            show(true);
          };
          row.append(asked, answer, change);
          return row;
        }),
      );
    };

    // ---- what the participant does ----

    form.addEventListener("change", (event) => {
      const question = event.target.closest(".question");
      if (!question || "practice" in question.dataset) return;
      waiting[question.id.slice(2)] = ["" + new URLSearchParams(kinds.fields(question)), Date.now()];
      keep();
      flush();
    });
    get("begin").onclick = () => {
      const asked = kinds.asked(questions);
      const open = asked.some((question) => kinds.answer(question) !== null)
        ? asked.find(kinds.missing)
        : asked[0];
      go(open ? questions.indexOf(open) : questions.length);
    };
    get("next").onclick = () => go(reviewing ? questions.length : beside(where(), 1));
    get("back").onclick = () => go(beside(where(), -1));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = event.submitter;
      if (!button || button.hidden) return; // the Enter key, pressed on an answer
      const action = button.value;
      if (action === "send") return send();
      if (!(await flush())) return;
      if (action === "save") return location.assign("/today?saved");
      get("do").disabled = false;
      get("do").value = action;
      form.action = location.pathname + location.hash; // the same question again, in the other language
      form.submit();
    });
    addEventListener("hashchange", () => show(true));
    addEventListener("online", retry);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && (wanted || Object.keys(waiting).length)) retry();
    });

    // ---- begin where the participant was ----

    recall();
    for (const [item, [value]] of Object.entries(waiting)) {
      const question = get("q-" + item);
      if (question) kinds.fill(question, [...new URLSearchParams(value)]);
      else delete waiting[item];
    }
    questions.forEach((question) => kinds.enhance(question));
    if (Object.keys(waiting).length) flush();
    get("begin").hidden = false;
    show(where() >= 0);
  };

  document.addEventListener("DOMContentLoaded", start);
})();
