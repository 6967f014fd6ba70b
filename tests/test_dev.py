"""dev.py's own rules, and its servers and processes for real where that is quick."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.queues import QUEUES
from devtools import checks, environment, places, ports, problems, product, servers, suite, upkeep, verbs
from devtools.processes import Group, Household, Wave, end_groups

ROOT = Path(__file__).resolve().parent.parent


# --- words ----------------------------------------------------------------------------------------
def test_without_a_verb_all_of_them_are_listed(capsys):
    assert verbs.main([]) == 0

    listed = capsys.readouterr().out
    assert all(
        f"dev.py {verb}" in listed for verb in ("run", "test", "check", "reset", "seed", "bench", "shell")
    )


def test_an_unknown_verb_lists_the_known_ones(capsys):
    assert verbs.main(["walk"]) == 2

    assert "no verb 'walk'" in capsys.readouterr().err


def test_the_tools_need_nothing_but_the_standard_library():
    ours = [*(ROOT / "devtools").glob("*.py"), ROOT / "dev.py"]
    imported = {
        line.split()[1].split(".")[0]
        for path in ours
        if path.name != "pytest_servers.py"
        for line in path.read_text().splitlines()
        if line.startswith(("import ", "from "))
    }

    assert imported - {"devtools"} <= sys.stdlib_module_names


@pytest.mark.parametrize("text", ["", "http", "0", "65536", "-1", "８０００"])
def test_a_port_that_is_no_port_is_refused(text):
    with pytest.raises(problems.Problem, match="PORT must be a number"):
        ports.port_number("PORT", text)


def test_a_busy_port_is_refused_with_one_that_is_free():
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        taken = other.getsockname()[1]

        with pytest.raises(
            problems.Problem, match=f"port {taken} is in use.*`PORT=(\\d+) python3 dev.py run`"
        ):
            ports.wanted_ports({"PORT": str(taken)})


def test_the_live_port_moves_aside_when_its_neighbour_is_taken():
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        if not ports.is_free(taken - 1):
            pytest.skip("the port before it is taken as well")

        chosen = ports.wanted_ports({"PORT": str(taken - 1)})

    assert chosen.site == taken - 1
    assert chosen.live not in {taken, taken - 1}


def test_a_full_disk_is_said_in_one_sentence(tmp_path):
    with pytest.raises(problems.Problem, match=r"MB are free .* needs about \d+ MB"):
        problems.require_room(tmp_path, 10**9, "the running product")
    assert "disk is full" in problems.in_plain_words(OSError(28, "No space left on device"))


def test_a_second_start_names_the_first(monkeypatch, tmp_path):
    monkeypatch.setattr(product, "HOLDER", tmp_path / "run.json")
    product.HOLDER.write_text(json.dumps({"pid": os.getpid(), "address": "http://127.0.0.1:8000"}))

    assert f"already runs from this folder: http://127.0.0.1:8000 (process {os.getpid()})" in str(
        product.second_run()
    )


def test_a_killed_start_is_not_taken_for_a_running_one(monkeypatch, tmp_path):
    monkeypatch.setattr(product, "HOLDER", tmp_path / "run.json")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    product.HOLDER.write_text(json.dumps({"pid": gone.pid, "address": "http://127.0.0.1:8000"}))

    assert not product.lives(product.holder())


def test_seed_refuses_what_it_does_not_know():
    with pytest.raises(problems.Problem, match="seed does not know --regional"):
        upkeep.seed(["--regional"])


# --- places ---------------------------------------------------------------------------------------
def test_a_long_or_unusual_path_is_no_place_for_sockets():
    assert places.is_short(Path("/srv/ventanilla/.dev/run"))
    assert not places.is_short(Path("/" + "x" * 100))
    assert not places.is_short(Path("/srv/año/.dev/run"))
    assert not places.is_short(Path("/srv/my project/.dev/run"))


def test_each_checkout_has_its_own_folder_elsewhere():
    one, other = places.elsewhere(Path("/srv/a")), places.elsewhere(Path("/srv/b"))

    assert one != other
    assert one == places.elsewhere(Path("/srv/a"))
    assert places.is_short(one / "run")


def test_a_folder_prepared_by_somebody_else_is_refused(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with pytest.raises(problems.Problem, match="belongs to somebody else"):
        places.make_private(tmp_path / "link")


def test_a_lock_is_free_again_when_its_holder_is_killed(tmp_path):
    lock = tmp_path / "a.lock"
    code = (
        "import sys, time; from pathlib import Path; from devtools.places import locked\n"
        "with locked(Path(sys.argv[1])) as free: print(free, flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(lock)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "True\n"
    with places.locked(lock) as free:
        assert not free

    holder.kill()
    holder.communicate()

    with places.locked(lock, patience=5) as free:
        assert free


# --- what a later start can do without -------------------------------------------------------------
def test_a_changed_migration_or_data_file_asks_for_loading_again(tmp_path):
    (tmp_path / "crm" / "migrations").mkdir(parents=True)
    (tmp_path / "crm" / "data").mkdir()
    migration, data = tmp_path / "crm" / "migrations" / "0001_a.py", tmp_path / "crm" / "data" / "a.csv"
    migration.write_text("1")
    data.write_text("1")
    seen = [product.fingerprint(tmp_path, "postgresql:///a")]
    assert product.fingerprint(tmp_path, "postgresql:///a") == seen[0]

    migration.write_text("2")
    seen.append(product.fingerprint(tmp_path, "postgresql:///a"))
    data.write_text("2")
    seen.append(product.fingerprint(tmp_path, "postgresql:///a"))
    seen.append(product.fingerprint(tmp_path, "postgresql:///b"))

    assert len(set(seen)) == 4


def test_the_environment_is_made_again_when_the_lock_changes(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "LOCK", tmp_path / "dev.lock")
    environment.LOCK.write_text("django==1")
    before = environment.wanted_stamp()

    environment.LOCK.write_text("django==2")

    assert environment.wanted_stamp() != before


def test_no_lock_names_a_host():
    for lock in (ROOT / "requirements").glob("*.lock"):
        content = lock.read_text()
        assert "://" not in content, lock
        assert "--hash=sha256:" in content, lock


def test_every_dependency_is_pinned_with_a_reason():
    for file in (ROOT / "requirements").glob("*.in"):
        for line in file.read_text().splitlines():
            if line and not line.startswith(("#", "-r ")) and file.name != "installer.in":
                name, _, reason = line.partition("#")
                assert "==" in name, f"{file.name}: {line}"
                assert reason.strip(), f"{file.name}: {line}"


# --- what is started ------------------------------------------------------------------------------
def test_the_worker_serves_every_queue():
    command = product.applications(ports.Ports(8000, 8001))["worker"]

    assert command[command.index("-Q") + 1] == ",".join(QUEUES)


def test_the_product_runs_as_in_production_with_the_demo(monkeypatch):
    monkeypatch.setenv("TESTING", "1")
    monkeypatch.setattr(product, "secret_key", lambda: "s")

    env = product.product_env({"DATABASE_URL": "d", "REDIS_URL": "r"}, ports.Ports(8010, 8011))

    assert (env["DEBUG"], env["DEMO"], env["PORT"], env["LIVE_URL"]) == (
        "0",
        "1",
        "8010",
        "http://127.0.0.1:8011",
    )
    assert "TESTING" not in env


def test_given_addresses_start_no_servers(monkeypatch):
    given = {"DATABASE_URL": "postgresql://db/ventanilla", "REDIS_URL": "redis://cache/0"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    assert (
        servers.start_servers(None, lambda nobody: pytest.fail("no place is needed"), lasting=True) == given
    )


def test_the_database_address_survives_being_an_url():
    assert servers.database_url(Path("/a b/ñ")).endswith("?host=%2Fa%20b%2F%C3%B1")


# --- ending ---------------------------------------------------------------------------------------
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
PARENT = """
import os, sys, time
from pathlib import Path
from devtools.processes import Household

folder = Path(sys.argv[1])
with Household() as household:
    household.remove_at_the_end(folder)
    command = ["sh", "-c", "sleep 60 & sleep 60"]
    child = household.start("a", command, env=os.environ, log=folder / "log", cwd=folder)
    print(child.process.pid, flush=True)
    time.sleep(60)
"""


def has_ended(pid: int) -> bool:
    """Tell whether a process is gone, or dead and not yet buried."""
    try:
        return not Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True


def test_who_will_not_end_is_made_to(monkeypatch):
    monkeypatch.setattr("devtools.processes.PATIENCE", 0.2)
    stubborn = subprocess.Popen(
        [sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, start_new_session=True
    )
    stubborn.stdout.readline()

    end_groups([Group(stubborn.pid, signal.SIGTERM, Wave.APPLICATION)], stubborn.poll)

    assert stubborn.wait(5) == -signal.SIGKILL
    stubborn.stdout.close()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_killing_the_parent_ends_all_it_started_and_removes_its_folder(tmp_path, ending):
    folder = tmp_path / "theirs"
    folder.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    child = int(parent.stdout.readline())

    parent.send_signal(ending)
    parent.communicate()

    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and (folder.exists() or not has_ended(child)):
        time.sleep(0.05)
    assert has_ended(child)
    assert not folder.exists()


def test_leaving_the_household_ends_its_children(tmp_path):
    with Household() as household:
        child = household.start("a", ["sleep", "60"], env=os.environ, log=tmp_path / "log", cwd=tmp_path)

    assert child.process.returncode == -signal.SIGTERM


# --- the suite ------------------------------------------------------------------------------------
def test_only_a_choice_with_journeys_fetches_a_browser():
    assert suite.wants_browser([])
    assert suite.wants_browser(["-q", "-x"])
    assert suite.wants_browser(["tests"])
    assert suite.wants_browser(["tests/journeys"])
    assert not suite.wants_browser(["tests/test_dev.py::test_no_lock_names_a_host", "-q"])


def test_the_suite_runs_on_every_core_unless_told():
    assert suite.parallel(["-q"], 4) == ["-n", "4", "--dist", "loadgroup"]
    assert suite.parallel([], 1)[:2] == ["-n", "2"]
    assert suite.parallel(["-n3"], 4) == []
    assert suite.parallel(["--pdb"], 4) == ["-n", "0"]


def test_a_browser_that_does_not_start_is_passed_over(monkeypatch, tmp_path):
    for name, content in {"chromium": "exit 1", "google-chrome": "echo Google Chrome 150.0"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{content}\n")
        (tmp_path / name).chmod(0o755)

    found = suite.find_browser({"PATH": str(tmp_path), "HOME": str(tmp_path)})

    assert found == str(tmp_path / "google-chrome")


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_without_a_browser_the_last_line_says_so(monkeypatch, capsys, ci, code):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(suite, "find_browser", lambda env: None)
    monkeypatch.setattr(suite, "get_browser", lambda env: None)
    monkeypatch.setattr(suite, "start_throwaway_servers", lambda household: {})
    monkeypatch.setattr(suite, "run_step", lambda *words, **options: 0)

    assert suite.test([]) == code

    assert capsys.readouterr().out.splitlines()[-1] == "browser journeys NOT run"


# --- the checks -----------------------------------------------------------------------------------
def test_every_check_runs_and_one_failure_is_enough(capsys):
    outcomes = iter([1, 0])
    steps = [
        checks.Step("lint", ["a"], {}),
        checks.Step("types", ["b"], {}),
        checks.Step("compose", [], {}, "no client"),
    ]

    results = {step.name: checks.carry_out(step, run=lambda *_, **__: next(outcomes)) for step in steps}

    assert results == {"lint": "FAILED", "types": "ok", "compose": "not run"}
    assert "compose  not run" in checks.summary(results)
