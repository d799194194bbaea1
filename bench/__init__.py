"""The budgets of the app, measured as ratios against bare baselines: `python -m bench`."""
