"""The local Functions host: it drives the production worker library as Azure's own host does.

`python -m sandbox.host --app DIR --port N --keys FILE.json` indexes the app in DIR, listens, and prints `ready`.
Its environment is the app's settings. See https://learn.microsoft.com/azure/azure-functions/functions-host-json
and https://learn.microsoft.com/azure/azure-functions/functions-triggers-bindings for what it imitates.
"""
