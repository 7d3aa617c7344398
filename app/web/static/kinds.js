// What each kind of question holds.
"use strict";

const kinds = {
  answer: (question) => {
    const chosen = question.querySelector(":checked");
    return chosen ? (isNaN(chosen.value) ? chosen.value : +chosen.value) : null;
  },
  words: (question) => question.querySelector(":checked")?.parentNode.textContent,
  holds: () => true,
  enhance: () => {},
};
