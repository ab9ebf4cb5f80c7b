"""A fast third of the fault matrix: the program as a black box among hostile documents and servers.

The matrix lies beside the project (`../shared/tools/faults`) and is run whole by a command of the README.
Its runner asks psutil for memory and children of a process; where that is not installed, a stand-in that
reads /proc is given to it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

FAULTS = Path(__file__).parent.parent.parent / "shared/tools/faults"
pytestmark = pytest.mark.skipif(
    not FAULTS.is_dir(),
    reason="the fault matrix is not beside the project (../shared/tools/faults)",
)

CASES = """
    C01 C02 C03
    D01 D03 D04 D06 D12 D18 D22 D25 D27 D28 D33 D42 D43 D45 D48 D51 D55 D57 D60 D61 D66 D67
    N01 N06 N08 N12 N14 N28 N30 N34 N35 N39 N43 N46
    R02 R05 R10 R14 R18 R32 R38 R40 R43 R46 R48 R49 R54 R55
    E02 E04 E07 E10 E11 E14
    S01 S06 S09 S10
""".split()  # noqa: SIM905

NO_PSUTIL = """
import os, pathlib

STATUS_ZOMBIE = "Z"

class Error(Exception):
    pass

class Memory:
    def __init__(self, rss): self.rss = rss

class Process:
    def __init__(self, pid):
        self.pid = pid
        self._stat()
    def _stat(self):
        try:
            return pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError as gone:
            raise Error from gone
    def children(self, recursive=False):
        mine, found = {self.pid}, []
        for name in sorted((each for each in os.listdir("/proc") if each.isdigit()), key=int):
            try:
                child = Process(int(name))
                parent = int(child._stat()[1])
            except Error:
                continue
            if parent in mine:
                mine.add(child.pid)
                found.append(child)
        return found
    def memory_info(self):
        return Memory(int(self._stat()[21]) * os.sysconf("SC_PAGE_SIZE"))
    def is_running(self): return os.path.exists(f"/proc/{self.pid}")
    def status(self): return self._stat()[0]
    def cmdline(self):
        return pathlib.Path(f"/proc/{self.pid}/cmdline").read_text().split(chr(0))
    def kill(self): os.kill(self.pid, 9)
"""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, object]]:
    """The verdict of each case, by its id."""
    folder = tmp_path_factory.mktemp("faults")
    adapter = json.loads((FAULTS / "arazzo-tui.json").read_text())
    adapter["run"][0] = str(Path(sys.executable).with_name("arazzo-tui"))
    (folder / "adapter.json").write_text(json.dumps(adapter))
    found = folder / "found.jsonl"
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    if subprocess.run(
        [sys.executable, "-c", "import psutil"], stderr=subprocess.DEVNULL
    ).returncode:
        (folder / "psutil.py").write_text(NO_PSUTIL)
        environment["PYTHONPATH"] = str(folder)
    command = [sys.executable, "run_matrix.py", str(folder / "adapter.json"), "--out", str(found)]
    subprocess.run(
        [*command, "--only", ",".join(CASES), "--jobs", "2", "--base", str(20_000 + os.getpid() % 120 * 100)],
        cwd=FAULTS, env={**environment, "TMPDIR": str(folder)}, stdout=subprocess.DEVNULL, timeout=300,
    )  # fmt: skip
    told = (json.loads(line) for line in found.read_text().splitlines())
    return {each["id"]: each for each in told}


@pytest.mark.parametrize("case", CASES)
def test_the_program_does_as_the_matrix_requires(
    verdicts: Mapping[str, Mapping[str, object]], case: str
) -> None:
    told = verdicts[case]
    assert told["verdict"] != "FAIL", f"{told['title']}: {told['why']}\n{told['tail']}"
