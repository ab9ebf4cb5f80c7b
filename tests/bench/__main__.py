"""`python -m tests.bench [GROUP …]`: take the figures of the budgets and print them as a table."""

import importlib
import sys
import time

from tests.bench.measured import Figure, prepare

GROUPS = ("start", "engine", "documents", "bodies", "lists")


def main() -> int:
    """Print each figure as it is known; 1 when a budget is not met."""
    groups = sys.argv[1:] or GROUPS
    unknown = [each for each in groups if each not in GROUPS]
    if unknown:
        sys.stderr.write(f"there is no group {unknown[0]}; there is {', '.join(GROUPS)}\n")
        return 2
    prepare()
    met = True
    sys.stdout.write(
        "| what | value | against | ratio | budget | met |\n|---|---|---|---|---|---|\n"
    )
    for group in groups:
        begun = time.perf_counter()
        for figure in importlib.import_module(f"tests.bench.{group}").figures():
            met = met and figure.is_met is not False
            sys.stdout.write(row(figure) + "\n")
            sys.stdout.flush()
        sys.stderr.write(f"{group}: {time.perf_counter() - begun:.0f} s\n")
    return 0 if met else 1


def row(figure: Figure) -> str:
    """A figure as a row of the table."""
    against = ratio = budget = ""
    if figure.reference is not None:
        against = f"{figure.reference_name}: {figure.reference:.4g}"
        ratio = f"{figure.value / figure.reference:.2f}" if figure.reference else ""
    if figure.most is not None:
        budget = f"≤ {figure.most:g}"
    elif figure.least is not None:
        budget = f"≥ {figure.least:,g}"
    met = {True: "yes", False: "**no**", None: ""}[figure.is_met]
    return f"| {figure.name} | {figure.value:.4g} {figure.unit} | {against} | {ratio} | {budget} | {met} |"


if __name__ == "__main__":
    raise SystemExit(main())
