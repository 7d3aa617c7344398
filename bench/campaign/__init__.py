"""Surveys answered on phones whose network, clock, browser and server fail: the parts of `make bench-faults`.

    fates      what happens to each request of one phone, from a seed
    network    the proxy that does it, one for each phone
    server     gunicorn, killed and started again on the same port
    people     a study of five questions, and participants with a link and several surveys each
    browser    Chromium with a profile of its own, killed and started again; its clock; what it shows (watch.js)
    mishaps    what befalls a phone beside its network, from the same seed
    participant  someone who answers every survey on one phone, whatever happens
    diary      what was given, seen as saved and received, with everything that happened around it
    judge      compares diaries with the database
    run        many phones at a time, until there are enough surveys or the time is over

A phone's `seed` fixes the fate of its requests by their number and the mishaps of its surveys by theirs; how the
threads of browser and server run is chance, so that a replay (BENCH_SEED, BENCH_PHONE) meets the same faults but
not always the same race. The diary of every phone that the judge objects to is left in out/faults/.

What the page has to show for this: `#status` with `data-state` (`saved` on this phone, `sent`, `received`; anything
else promises nothing), radio buttons named by their item in `.question`, `#begin`, `#next`, `#back`, `#finish button`, and
/receipt/<code>. Only a page that has `data-state` can promise that a survey sent without a connection will arrive.
What it keeps on the phone is looked for in localStorage (keys that begin with "hepatica ") and in the IndexedDB
database `hepatica`, store `outbox`, where entries whose `state` is not `received` still wait.
"""
