"""What all tests share: the last words of those that have something to tell."""

import gc

from hypothesis import HealthCheck, settings
from pytest import Item, Parser, TerminalReporter

# A busy machine is no fault of what is tested, so no property test is timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
# Looking for garbage after every two thousand new objects, as Python does, takes an eighth of the time of many tests.
gc.set_threshold(100_000, 50, 100)
#: Whatever takes a minute or more begins first, so that nobody waits for it alone at the end.
LONGEST = ("faults", "model")


def pytest_addoption(parser: Parser) -> None:
    """Let the ledger's model be asked for all that it can try."""
    parser.addoption("--every-schedule", action="store_true", help="the ledger's model tries every schedule")


def pytest_collection_modifyitems(items: list[Item]) -> None:
    """Put the tests of the folders that take longest first, and leave the order else as it is."""
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print what tests recorded as `told`, and how many schedules the ledger's model went through."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    recorded = [entry for report in reports if report.when == "call" for entry in report.user_properties]
    for name, value in recorded:
        if name == "told":
            terminalreporter.write_line(str(value))
    if schedules := sum(int(str(value)) for name, value in recorded if name == "schedules"):
        terminalreporter.write_line(f"The ledger's model went through {schedules} schedules.")
