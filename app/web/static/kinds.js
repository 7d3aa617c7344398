// What a question of each kind says: its answer as the server stores it, its words, and whether it is asked.
"use strict";

const kinds = (() => {
  const all = (question, what) => [...question.querySelectorAll(what)];
  const declined = (question) => question.querySelector("[name$=':declined']");
  const typed = (question) => question.querySelector("input:not([type]), textarea").value.trim();
  const label = (control) => control.parentNode.textContent.trim();

  // Digits of every script stand in blocks of ten, beginning with zero.
  const plain = (text) =>
    text.replace(/\p{Nd}/gu, (sign) => {
      let before = 0;
      while (/\p{Nd}/u.test(String.fromCodePoint(sign.codePointAt(0) - before - 1))) before++;
      return before % 10;
    });
  const number = (text) => {
    const signs = plain(text)
      .replace(/[\u200e\u200f\u061c]/g, "")
      .trim()
      .replace("\u2212", "-")
      .replace(/[,\u066b]/, ".");
    return /^[+-]?\d+(\.\d+)?$/.test(signs) ? +signs : null;
  };
  const parts = (question) =>
    ["year", "month", "day"].map((part) => plain(question.querySelector("." + part).value.trim()));

  const answers = {
    choice: (question) => {
      const { value } = question.querySelector(":checked") || {};
      return value === undefined ? null : value === "declined" ? value : +value;
    },
    choices: (question) => {
      const values = all(question, ":checked").map((box) => +box.value);
      return values.length ? values.sort((a, b) => a - b) : null;
    },
    date: (question) => {
      const [year, ...rest] = parts(question);
      return year ? [year.padStart(4, 0), ...rest.filter(Boolean).map((part) => part.padStart(2, 0))].join("-") : null;
    },
    text: (question) => {
      const text = typed(question);
      return /^'*declined$/.test(text) ? "'" + text : text || null;
    },
  };
  const kind = (question) => question.dataset.kind || "choice";
  const kept = (question) => kind(question) !== "information" && !("practice" in question.dataset);

  const answer = (question) => {
    if (!kept(question)) return null;
    if (declined(question)?.checked) return "declined";
    return (answers[kind(question)] || ((each) => number(typed(each))))(question);
  };

  // The same table as in app/domain/condition.py.
  const numbers = (given, value) => typeof given === "number" && typeof value === "number";
  const operators = {
    is: (given, value) => given === value,
    "is not": (given, value) => given !== value,
    "at least": (given, value) => numbers(given, value) && given >= value,
    "at most": (given, value) => numbers(given, value) && given <= value,
    includes: (given, value) => Array.isArray(given) && given.includes(value),
    answered: () => true,
  };
  const holds = (conditions, given) =>
    conditions.every(({ item, operator, value }) => {
      const found = Object.prototype.hasOwnProperty.call(given, item) ? given[item] : null;
      return found !== null && operators[operator](found, value);
    });

  return {
    answer,
    holds,
    number,
    more: {}, // what heavier scripts add to a kind

    // Of all questions, those that are asked: an answer to one that is not counts as none.
    asked(questions) {
      const given = {};
      return questions.filter((question) => {
        if (!holds(JSON.parse(question.dataset.when || "[]"), given)) return false;
        given[question.id.slice(2)] = answer(question);
        return true;
      });
    },

    // Whether a question still has no answer; a screen to read and a practice question need none.
    missing: (question) => kept(question) && answer(question) === null,

    // What stands in the list of answers; null for what is not in it.
    words(question) {
      if (!kept(question)) return null;
      const refused = declined(question);
      if (refused?.checked) return label(refused);
      const chosen = all(question, ":checked");
      if (chosen.length) return chosen.map(label).join(", ");
      if (kind(question) === "date") return all(question, "input.day, input.month, input.year").map((box) => box.value.trim()).filter(Boolean).join(" / ");
      const unit = question.querySelector(".measure span");
      const text = question.querySelector("input:not([type]), textarea")?.value.trim() || "";
      return text && unit ? text + " " + unit.textContent : text;
    },

    // What a form would send of one question, and the way back.
    fields: (question) =>
      all(question, "[name]")
        .filter((control) => !/radio|checkbox/.test(control.type) || control.checked)
        .map((control) => [control.name, control.value]),
    fill(question, fields) {
      for (const control of all(question, "[name]:not([type=hidden])")) {
        const of = fields.filter(([name]) => name === control.name).map(([, value]) => value);
        if (/radio|checkbox/.test(control.type)) control.checked = of.includes(control.value);
        else control.value = of[0] || "";
      }
    },

    enhance(question) {
      const refused = declined(question);
      question.addEventListener("input", ({ target }) => {
        if (target.type === "checkbox" && target.checked)
          for (const box of all(question, ":checked"))
            if (box !== target && ("alone" in target.dataset || "alone" in box.dataset)) box.checked = false;
        if (!refused || (target === refused && !target.checked)) return;
        if (target !== refused) refused.checked = false;
        else
          for (const control of all(question, "[name]:not([type=hidden])")) {
            if (control === refused) continue;
            if (control.type === "checkbox") control.checked = false;
            else control.value = "";
          }
      });
      this.more[kind(question)]?.(question);
    },
  };
})();
