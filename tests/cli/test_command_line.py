"""The command line as people use it: what it refuses, what it says, how it ends."""

import fcntl
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from orchestration import keys, settings
from orchestration.datasets import read_datasets

pytestmark = pytest.mark.slow

_CPF = Path(sys.executable).with_name("cpf")
_PROJECT = settings.PROJECT


def environment(data: Path) -> dict[str, str]:
    """An environment of this state alone, without key nor colours."""
    kept = {name: value for name, value in os.environ.items() if name != "CPF_KEY"}
    return {**kept, "CPF_DATA": str(data), "NO_COLOR": "1"}


def cpf(data: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command."""
    return subprocess.run(
        [_CPF, *arguments], env=environment(data), capture_output=True, text=True, check=False,
        timeout=300,
    )  # fmt: skip


def on_a_terminal(data: Path, columns: int, *arguments: str) -> list[str]:
    """Run a command on a terminal of so many columns; return what it shows."""
    pid, descriptor = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        os.execve(_CPF, [str(_CPF), *arguments], {**environment(data), "TERM": "dumb"})  # noqa: S606
    parts = []
    while True:
        try:
            part = os.read(descriptor, 4096)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    os.waitpid(pid, 0)
    return b"".join(parts).decode().replace("\r", "").splitlines()


def _children(group: int) -> list[str]:
    """Processes that live, of a process group; one that has ended may still be listed."""
    listed = subprocess.run(["ps", "-eo", "pgid,stat,pid,args"], capture_output=True, text=True,
                            check=True).stdout.splitlines()[1:]  # fmt: skip
    rows = (line.split(maxsplit=2) for line in listed)
    return [row[2] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


def test_nothing_to_land_is_said_at_once(tmp_path: Path) -> None:
    allowed, start = _beside_others(10), time.monotonic()
    done = cpf(tmp_path, "run")
    assert done.returncode == 1
    assert "rien à faire atterrir" in done.stderr
    assert "cpf generate" in done.stderr
    assert time.monotonic() - start < allowed


def test_an_unknown_dataset_is_refused(tmp_path: Path) -> None:
    for command in ("run", "verify"):
        done = cpf(tmp_path, command, "--select", "foo")
        assert done.returncode == 2, done.stderr
        assert "foo" in done.stderr


@pytest.mark.parametrize("beside", ["coffre", "registre", "atterrissage"])
def test_no_key_is_made_beside_what_another_one_has_encrypted(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    monkeypatch.delenv("CPF_KEY", raising=False)
    (data_folder / beside).mkdir()
    if beside == "coffre":
        (data_folder / "coffre" / "coffre.duckdb").write_bytes(b"secret")
    (data_folder / beside / "lu.parquet").write_bytes(b"PARE...PARE")
    with pytest.raises(keys.SecretError, match="manque, et"):
        keys.master_key()
    assert not (data_folder / "cle").exists()


def test_public_exports_that_landed_in_clear_need_no_key(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Extracts may follow them: then a key is made."""
    monkeypatch.delenv("CPF_KEY", raising=False)
    (data_folder / "atterrissage").mkdir()
    (data_folder / "atterrissage" / "lu.parquet").write_bytes(b"PAR1...PAR1")
    keys.master_key()
    assert (data_folder / "cle").exists()


def test_a_key_that_is_lost_readable_or_wrong_is_said_first(tmp_path: Path) -> None:
    extract = tmp_path / "extraits" / "edof" / "a.xml"
    extract.parent.mkdir(parents=True)
    extract.write_text("<a/>")
    with settings.environment(CPF_DATA=str(tmp_path), CPF_KEY="k" * 40):
        from orchestration import warehouse

        with warehouse.vault() as connection:
            connection.execute("create table coffre.main.t as select 1 as n")
    (tmp_path / "cle").write_text("x" * 64 + "\n")
    for mode, said in ((0o600, "n'ouvre pas"), (0o644, "chmod 600")):
        (tmp_path / "cle").chmod(mode)
        done = cpf(tmp_path, "run")
        assert done.returncode == 1
        assert said in done.stderr
        assert "Dagster" not in done.stderr
        assert "Traceback" not in done.stderr
    (tmp_path / "cle").unlink()
    done = cpf(tmp_path, "run")
    assert "manque, et" in done.stderr
    assert not (tmp_path / "cle").exists()


def _beside_others(seconds: float) -> float:
    """Return a time allowed, with what this machine takes now for a program that does nothing."""
    start = time.monotonic()
    subprocess.run([sys.executable, "-c", "import typing, signal, threading"], check=True)
    return seconds + 40 * (time.monotonic() - start)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("lines", [0, 2, 12])
def test_a_signal_ends_a_run_with_all_that_it_started(
    tmp_path: Path, number: signal.Signals, lines: int
) -> None:
    """With 0 lines: as soon as it has a child, when it imports what it needs."""
    made = cpf(tmp_path, "generate", "--scale", "0.002", "--until", "2020-04")
    assert made.returncode == 0, made.stderr
    process = subprocess.Popen(
        [_CPF, "run"], env=environment(tmp_path), stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stderr
    group = _group_of_child(process)
    for _ in range(lines):
        process.stderr.readline()
    allowed = _beside_others(5)
    start = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=120)
    assert time.monotonic() - start < allowed
    assert process.returncode == 128 + number
    assert "Traceback" not in said
    assert said.rstrip().endswith("Relancer reprend.")
    assert _children(group) == []
    assert not (tmp_path / "publications").exists()


def _group_of_child(process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> int:
    """Return the group of what works, once it is there and its parent waits for it."""
    for _ in range(1200):
        assert process.poll() is None
        path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        for child in path.read_text().split():
            if os.getpgid(int(child)) == int(child) and _catches(process.pid, signal.SIGTERM):
                return int(child)
        time.sleep(0.05)
    raise AssertionError("no child")


def _catches(pid: int, number: signal.Signals) -> bool:
    """Say whether a process waits for a signal: it ends what it started."""
    (mask,) = re.findall(r"^SigCgt:\s*(\w+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return bool(int(mask, 16) >> (number - 1) & 1)


def test_a_kill_ends_a_run_with_all_that_it_started(tmp_path: Path) -> None:
    cpf(tmp_path, "generate", "--scale", "0.002", "--until", "2020-04")
    process = subprocess.Popen([_CPF, "run"], env=environment(tmp_path), start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # fmt: skip
    assert process.stderr
    group = _group_of_child(process)
    for _ in range(8):
        process.stderr.readline()
    assert _children(group)
    process.kill()
    process.communicate(timeout=30)
    for _ in range(50):
        if not _children(group):
            break
        time.sleep(0.1)
    assert _children(group) == []


def test_a_quick_command_ends_quietly(tmp_path: Path) -> None:
    process = subprocess.Popen([_CPF, "serve", "--port", "0"], env=environment(tmp_path),
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    process.communicate(timeout=60)
    assert process.returncode == 1  # nothing to serve
    done = cpf(tmp_path, "sql", "")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "rien n'a encore été publié" in done.stderr


def test_a_used_port_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        done = cpf(tmp_path, "ui", "--port", str(held.getsockname()[1]))
    assert done.returncode == 1
    assert "--port" in done.stderr


def test_a_second_daemon_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dagster").mkdir()
    with (tmp_path / "dagster" / ".ouvert").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        done = cpf(tmp_path, "ui", "--port", "0")
    assert done.returncode == 1
    assert "déjà ouvert" in done.stderr


@pytest.mark.parametrize("columns", [80, 60, 200])
def test_a_status_is_whole_on_a_terminal(tmp_path: Path, columns: int) -> None:
    lines = on_a_terminal(tmp_path, columns, "status")
    assert all(len(line) <= columns for line in lines if str(tmp_path) not in line), lines
    text = "\n".join(lines)
    names = [dataset.nom for dataset in read_datasets().values()]
    assert len(names) > 5
    for name in names:
        assert re.search(rf"^ ?{name}\b", text, re.MULTILINE), text
    assert text.count("jamais publié") == len(names)
    assert str(tmp_path) in text.replace("\n", "")


def test_the_frame_is_french(tmp_path: Path) -> None:
    shown = cpf(tmp_path, "--help").stdout
    assert "Commandes" in shown
    assert "Installer la complétion" in shown
    wrong = cpf(tmp_path, "verifi")
    assert wrong.returncode == 2
    assert "Erreur" in wrong.stderr
    assert "L'aide : " in wrong.stderr
    told = cpf(tmp_path, "diff", "--help").stdout
    assert "[obligatoire]" in told
    for english in ("Commands", "[required]", "[default", "Install completion", "Error"):
        assert english not in shown + told + wrong.stderr


def test_a_shell_completes(tmp_path: Path) -> None:
    """What a shell asks, once the completion is installed."""
    asked = {"_CPF_COMPLETE": "complete_bash", "COMP_WORDS": "cpf ver", "COMP_CWORD": "1"}
    done = subprocess.run([_CPF], env={**environment(tmp_path), **asked}, capture_output=True,
                          text=True, check=False, timeout=60)  # fmt: skip
    assert done.stdout.split() == ["verify"]


def test_the_version_is_told(tmp_path: Path) -> None:
    done = cpf(tmp_path, "--version")
    assert done.returncode == 0
    assert re.fullmatch(r"cpf \d+\.\d+\.\d+\n", done.stdout)


def test_make_says_what_it_does_and_deletes_no_data(tmp_path: Path) -> None:
    helped = subprocess.run(["make", "help"], cwd=_PROJECT, capture_output=True, text=True,
                            check=True).stdout  # fmt: skip
    for target in ("run", "check", "serve", "clean", "help"):
        assert re.search(rf"^{target}  +\S", helped, re.MULTILINE)
    shown = subprocess.run(["make", "--dry-run", "clean"], cwd=_PROJECT, capture_output=True,
                           text=True, check=True).stdout  # fmt: skip
    removed = shown.split()
    assert ".venv" in removed
    assert not [word for word in removed if word.rstrip("/").endswith("data")]
