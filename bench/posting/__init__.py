"""Reminders by many workers that are killed: who is to be reminded, the workers, the mail server, the judge.

people.py   participants in bulk, each with an address of their own and a visit that is due today
crew.py     worker processes, killed with SIGKILL and started again
clerk.py    deaths, withdrawals and STOPs that are recorded while the workers are sending
sink.py     a mail server that counts what it has accepted, by recipient
judge.py    what the database tells, held against what the mail server counted
run.py      one run: plan, send, kill, judge
"""
