// A visual analogue scale: a line to touch, or to go along by keys, beside its box for a number.
"use strict";

kinds.more["visual-analogue"] = (question) => {
  const line = question.querySelector(".line");
  const box = question.querySelector("input:not([type])");
  const backwards = line.dir === "rtl" ? -1 : 1;
  const track = document.createElement("div");
  track.className = "track";
  track.tabIndex = 0;
  track.setAttribute("role", "slider");
  track.setAttribute("aria-valuemin", 0);
  track.setAttribute("aria-valuemax", 100);
  track.setAttribute("aria-labelledby", question.querySelector("h2").id);
  track.setAttribute("aria-describedby", line.querySelector("[id]").id);

  const value = () => {
    const found = kinds.number(box.value);
    return found === null || found < 0 || found > 100 ? null : found;
  };
  const written = (number) => String(number).replace(/\d/g, (digit) => line.dataset.digits[digit]);
  // Until it is touched it has no value: nothing is drawn on it, and a screen reader says that there is no answer.
  const show = () => {
    const found = value();
    track.classList.toggle("set", found !== null);
    track.style.setProperty("--at", found ?? 50);
    track.setAttribute("aria-valuenow", found ?? 50);
    track.setAttribute("aria-valuetext", found === null ? line.dataset.none : written(found));
  };
  const set = (number) => {
    box.value = written(Math.min(100, Math.max(0, Math.round(number))));
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const tell = () => box.dispatchEvent(new Event("change", { bubbles: true }));

  const touched = ({ clientX }) => {
    const { left, width } = track.getBoundingClientRect();
    const share = (clientX - left - 24) / (width - 48); // the ends stand half a finger inside
    set(100 * (backwards < 0 ? 1 - share : share));
  };
  let before = null; // what stood there when a finger came down
  track.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    before = box.value;
    track.setPointerCapture(event.pointerId);
    touched(event);
  });
  track.addEventListener("pointermove", (event) => before !== null && touched(event));
  track.addEventListener("pointerup", () => {
    if (before !== null) tell();
    before = null;
  });
  track.addEventListener("pointercancel", () => {
    // the finger went on to scroll the page
    if (before === null) return;
    box.value = before;
    before = null;
    show();
  });

  const steps = {
    ArrowRight: backwards,
    ArrowLeft: -backwards,
    ArrowUp: 1,
    ArrowDown: -1,
    PageUp: 10,
    PageDown: -10,
    Home: -100,
    End: 100,
  };
  track.addEventListener("keydown", (event) => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    set((value() ?? 50) + steps[event.key]);
  });
  track.addEventListener("keyup", (event) => event.key in steps && tell());
  question.addEventListener("input", show);
  line.append(track);
  show();
};
