// The Animal Naming Test: a countdown and a counter, whose number goes into the box at the end.
"use strict";

// What to do at once may depend on the grade and not on the count, as in app/domain/animal_naming.py and alerts.py.
{
  const grades = ["grade 2 or worse", "minimal or grade 1", "normal"];
  const plain = kinds.holds;
  const grade = ({ cutOffs, adjustments }, count, given) => {
    if (typeof count !== "number") return null;
    const points = JSON.parse(adjustments).filter(({ when }) => plain(when, given));
    const sum = points.reduce((counted, each) => counted + each.points, count);
    return grades[JSON.parse(cutOffs).filter((enough) => sum >= enough).length];
  };
  kinds.holds = (conditions, given) =>
    conditions.every((condition) => {
      const test = grades.includes(condition.value) && document.querySelector(`[id="q-${condition.item}"] .naming`);
      const found = test ? { [condition.item]: grade(test.dataset, given[condition.item], given) } : given;
      return plain([condition], found);
    });
}

kinds.more["animal-naming"] = (question) => {
  const place = question.querySelector(".naming");
  const box = question.querySelector("input:not([type])");
  const words = place.dataset;
  const written = (number) => String(number).replace(/\d/g, (digit) => words.digits[digit]);
  const made = (tag, text, className) => {
    const element = document.createElement(tag);
    element.textContent = text;
    element.className = className || "";
    if (tag === "button") element.type = "button";
    place.append(element);
    return element;
  };

  question.querySelector(".hint").textContent = words.how;
  const start = made("button", words.start, "main");
  const clock = made("p", words.left + " ", "clock");
  const left = document.createElement("b");
  left.setAttribute("role", "timer");
  left.setAttribute("aria-label", words.left);
  clock.append(left);
  const count = made("output", "", "count");
  const more = made("button", words.more, "main more");
  const less = made("button", words.less);
  const status = made("p", "", "over");
  status.setAttribute("role", "status");
  const again = made("button", words.again, "quiet");

  let named = 0;
  let ticking;
  let began, beganHere;
  let lock;
  const running = () => ticking !== undefined;
  // A page that sleeps stops its own clock, and a phone's clock can be set back: the later of the two counts.
  const elapsed = () => Math.max(Date.now() - began, performance.now() - beganHere) / 1000;
  const show = () => {
    const over = !!status.textContent;
    start.hidden = running() || over;
    clock.hidden = count.hidden = more.hidden = less.hidden = !running() && !over;
    more.disabled = less.disabled = over; // they stay in their place: the last press must hit nothing else
    again.hidden = !over;
    left.textContent = written(Math.max(0, Math.ceil(words.seconds - (began === undefined ? 0 : elapsed()))));
    count.textContent = written(named);
  };
  const tick = () => {
    if (elapsed() >= words.seconds) finish();
    show();
  };
  const begin = async () => {
    named = 0;
    status.textContent = "";
    began = Date.now();
    beganHere = performance.now();
    clearInterval(ticking);
    ticking = setInterval(tick, 200);
    show();
    more.focus();
    lock = await navigator.wakeLock?.request("screen").catch(() => null);
  };
  const finish = () => {
    clearInterval(ticking);
    ticking = undefined;
    lock?.release();
    status.textContent = words.over;
    // A second run that nobody counted takes nothing away.
    if (named || !box.value) {
      box.value = written(named);
      for (const event of ["input", "change"]) box.dispatchEvent(new Event(event, { bubbles: true }));
    }
  };
  const press = (by) => () => {
    tick();
    if (running()) named = Math.max(0, named + by);
    show();
  };
  start.onclick = again.onclick = begin;
  more.onclick = press(1);
  less.onclick = press(-1);
  more.addEventListener("keydown", (event) => {
    if (event.repeat) event.preventDefault(); // a key held down is one press
  });
  show();
};
