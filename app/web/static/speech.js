// Reads a question aloud where the phone itself has a voice for its language: what stands before the answers, then each
// of them, every piece in the language that it is written in. Needs no other script.
"use strict";

(() => {
  const words = document.currentScript.dataset;
  const speech = window.speechSynthesis;
  if (!speech || !window.SpeechSynthesisUtterance) return;

  // A language with its script: zh-Hans is read by a voice for zh-CN, and not by one for zh-HK. Android writes zh_CN_#Hans.
  const spoken = (tag) => {
    try {
      const { language, script } = new Intl.Locale(tag.replace(/_#.*/, "").replace(/_/g, "-")).maximize();
      return language + script;
    } catch {
      return "";
    }
  };
  // Only voices that the phone has itself: a question is sent to nobody to be read.
  const voiceFor = (tag) => {
    const wanted = spoken(tag);
    return wanted && speech.getVoices().find((voice) => voice.localService && spoken(voice.lang) === wanted);
  };
  const languageOf = (element) => (element.querySelector("[lang]") || element.closest("[lang]")).lang;

  let reading; // the button whose question is being read
  let queue = []; // what is left to say: Chromium forgets an utterance that nothing else holds
  const stop = () => {
    if (!reading) return;
    reading.textContent = words.read;
    reading = null;
    queue = [];
    speech.cancel();
  };

  const read = (button, question) => {
    stop();
    reading = button;
    button.textContent = words.stop;
    for (const piece of question.querySelectorAll("legend > :not(.step), p, label")) {
      const text = piece.textContent.replace(/\s+/g, " ").trim();
      const language = languageOf(piece);
      const voice = voiceFor(language);
      if (!text || !voice || !piece.getClientRects().length) continue;
      const utterance = new SpeechSynthesisUtterance(text);
      Object.assign(utterance, { lang: language, voice, rate: 0.9 });
      queue.push(utterance);
    }
    const last = queue[queue.length - 1];
    last.onend = last.onerror = () => reading === button && stop();
    queue.forEach((utterance) => speech.speak(utterance));
  };

  const offer = () => {
    for (const question of document.querySelectorAll("fieldset.question")) {
      if (question.querySelector(".aloud") || !voiceFor(languageOf(question.querySelector("h2")))) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "aloud quiet";
      button.textContent = words.read;
      button.onclick = () => (reading === button ? stop() : read(button, question));
      question.querySelector("legend").after(button);
      new MutationObserver(() => {
        if (question.hidden && reading === button) stop();
      }).observe(question, { attributeFilter: ["hidden"] });
    }
  };

  offer();
  speech.addEventListener?.("voiceschanged", offer); // some browsers learn of their voices late
  addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", () => document.hidden && stop());
})();
