"""The app with a clock that a test owns: hours pass when the test says so, however long it really took until then."""

import shutil
from pathlib import Path

from sandbox.stack import ROOT

SETTING = "HOURS_AHEAD"
_APP = f'''
import importlib.util
import os
from datetime import UTC, datetime, timedelta

import shared.app

shared.app.now = lambda: datetime.now(UTC) + timedelta(hours=float(os.environ.get("{SETTING}", "0")))
spec = importlib.util.spec_from_file_location("babeldrop_doors", "{ROOT / "function_app.py"}")
doors = importlib.util.module_from_spec(spec)
spec.loader.exec_module(doors)
app = doors.app
'''


def app_with_clock(folder: Path) -> Path:
    """An app's folder: ours, but for its clock, which is ahead of the machine's by the app setting `HOURS_AHEAD`."""
    (folder / "function_app.py").write_text(_APP)
    shutil.copy(ROOT / "host.json", folder)
    return folder
