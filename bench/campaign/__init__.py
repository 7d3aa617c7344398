"""Surveys answered on phones whose network, clock, browser and server fail: the parts of `make bench-faults`.

    fates        what happens to each request of one phone, from a seed
    messages     whole HTTP requests and answers, read and written
    network      the proxy that does to them what the plan says, one for each phone
    server       gunicorn, killed and started again on the same port
    people       a study of five questions, and participants with a link and several surveys each
    browser      Chromium with a profile of its own, killed and started again; what it shows (watch.js)
    mishaps      what befalls a phone beside its network, from the same seed
    participant  someone who answers every survey on one phone, whatever happens
    diary        what was given, seen as saved and received, with everything that happened around it
    judge        compares diaries with the database
    run          many phones at a time, until there are enough surveys or the time is over

A phone's seed fixes the fate of its requests by number and the mishaps of its surveys by step; how browser
and server run is chance. A replay (BENCH_SEED, BENCH_PHONE) therefore meets the same faults, but not always
the same race. The diary of every phone that the judge objects to is left in out/faults/.

What a page has to show for this:

- `#status` with `data-state`: `saved` (on this phone), `sent` or `received` for everything given so far;
  anything else promises nothing. The words of its `data-later` promise that the survey will be sent.
- `.question` with radio buttons named by their item in `.choice`, one question at a time; `#begin`, `#next`,
  `#back`, `#answers button`, `#finish button` (hidden once it was pressed), `#status a` to the receipt;
  `details.languages` with its buttons.
- /receipt/<code>, where the code stands on the page; the link's page with `#birth_year` and `button.main`,
  which leads to /today.
- what still waits on the phone: in the IndexedDB database `hepatica`, store `outbox`, the entries whose
  `state` is `saved` or `refused`.

What counts as seen: a state that stands at least 150 ms after an answer was chosen, as long as a person takes
to notice it. An answer given and never seen as saved may or may not be there; one given after it is free to
count. The answers that stood on the page when it was sent are seen as received with the receipt. A value is
chosen only once for each question of a survey, so that each row in the database can be told apart.
"""
