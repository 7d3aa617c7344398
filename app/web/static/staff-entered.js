// Answers typed in by staff: questions that depend on others come and go as those are answered.
"use strict";

{
  const form = document.querySelector(".asked").closest("form");
  const questions = [...form.querySelectorAll(".question")];
  const follow = () => {
    const asked = kinds.asked(questions);
    for (const question of questions) question.hidden = !asked.includes(question);
    for (const section of form.querySelectorAll(".section")) {
      const head = section.querySelector(".head");
      head.hidden = !asked.some((question) => section.contains(question));
    }
  };
  for (const question of questions) kinds.enhance(question);
  form.addEventListener("change", follow);
  follow();
}
