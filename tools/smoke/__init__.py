"""`make smoke`: drops a small file of each kind into a deployment, waits, and says what worked.

It is the first thing to run after a deployment, and `.local/smoke.txt`, which it writes, is what to send when something
does not work. `make smoke S=.local/stack.json` asks the local stack instead, while `make run` is up.
"""
