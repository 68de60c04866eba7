"""The test that test.sh runs: works go through check.py on local-cluster[2,1,1024], workers are killed, and every work comes out
once, with what forewarn says of it without Spark."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyspark
from pyspark.sql import SparkSession

HERE = Path(__file__).resolve().parent
WORKS = 1800
PARTITIONS = 6
MASTER = "local-cluster[2,1,1024]"
# whatever becomes of it, a run ends
PATIENCE = 900


def work(number: int) -> dict:
    """A work of some twenty kilobytes, some with something to find."""
    tags = ["Boats", "boats"] if number % 3 == 0 else ["Boats"]
    rating = "Genral Audiences" if number % 5 == 0 else "General Audiences"
    sentence = f"Nia walked down to harbour {number}, and the boats were all in. She laughed, and her brother waited. "
    # a work without a text is one more kind of row
    text = None if number % 100 == 99 else sentence * (160 + number % 60)
    return {"id": f"w-{number}", "rating": rating, "fandom": "Original Work", "tags": tags, "text": text}


def processes(temp: Path) -> list[int]:
    """The processes that run a forewarn below this folder, where Spark puts the workers' own."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            program = Path(os.readlink(f"/proc/{entry}/exe")) if entry.isdigit() else Path()
            if program.name == "forewarn" and temp in program.parents:
                found.append(int(entry))
        except OSError:
            pass
    return found


def has_printed(pid: int) -> bool:
    """Whether a process has written, and is alive."""
    try:
        io = Path(f"/proc/{pid}/io").read_text()
    except OSError:
        return False
    return any(line.startswith("wchar:") and int(line.split()[1]) > 0 for line in io.splitlines())


def parent(pid: int) -> int:
    """The process that started another."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def spark_home(temp: Path) -> Path:
    """A Spark of its own, since a local cluster works in a folder of it."""
    home = temp / "spark"
    if not home.exists():
        home.mkdir()
        for entry in Path(pyspark.__file__).parent.iterdir():
            if entry.name != "work":
                (home / entry.name).symlink_to(entry)
    return home


def run(temp: Path, files: list[Path], source: str, target: Path, kill: bool, *options: str) -> tuple[str, list[str]]:
    """Runs check.py on the cluster, and kills a forewarn and a worker of Python when that is wanted."""
    home = spark_home(temp)
    command = [str(home / "bin" / "spark-submit"), "--master", MASTER, "--files", ",".join(map(str, files))]
    command += ["--conf", "spark.ui.enabled=false", "--conf", "spark.ui.showConsoleProgress=false", "--conf", "spark.executor.memory=1024m"]
    command += [str(HERE / "check.py"), "--forewarn", "./forewarn", "--partitions", str(PARTITIONS), source, str(target), *options]
    env = {**os.environ, "SPARK_HOME": str(home), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_DIRS": str(temp / "local")}
    log = temp / "log.txt"
    killed: list[str] = []
    with log.open("w") as out:
        job = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT, cwd=temp)
        end = time.monotonic() + PATIENCE
        seen: set[int] = set()
        while job.poll() is None:
            if time.monotonic() > end:
                job.kill()
                break
            for pid in processes(temp) if kill and len(killed) < 2 else []:
                if pid in seen or not has_printed(pid):
                    continue
                seen.add(pid)
                try:
                    victim, name = (pid, "forewarn") if not killed else (parent(pid), "the Python worker")
                    # of a process that is gone already the parent is another
                    if name == "forewarn" or b"pyspark" in Path(f"/proc/{victim}/cmdline").read_bytes():
                        os.kill(victim, signal.SIGKILL)
                        killed.append(name)
                except OSError:
                    pass
                break
            time.sleep(0.005)
        job.wait()
    said = log.read_text()
    if job.returncode != 0:
        sys.exit(f"check.py ended with {job.returncode}:\n{said[-6000:]}")
    return said, killed


def same(report: str) -> dict:
    """A report without what tells where in the stream its line stood."""
    value = json.loads(report)
    for key in ("line", "path"):
        value.pop(key, None)
    for diagnostic in value.get("diagnostics", []):
        for label in diagnostic["labels"]:
            label.pop("line")
            # Spark orders and spaces what it writes in its own way
            label.pop("start"), label.pop("end"), label.pop("column")
    return value


def main() -> None:
    forewarn, temp = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    # as a cluster gets them: Spark puts them into the folder of each worker, below the one of this test
    program, configuration = temp / "files" / "forewarn", temp / "files" / "forewarn.toml"
    program.parent.mkdir()
    shutil.copy(forewarn, program)
    configuration.write_text('packs = ["core", "ao3"]\n\n[rules]\n"core/duplicate-tag" = "error"\n')
    files = [program, configuration]
    lines = [json.dumps(work(number)) for number in range(WORKS)]
    (temp / "works.jsonl").write_text("".join(f"{line}\n" for line in lines))

    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = spark.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    spark.read.json(str(temp / "works.jsonl")).write.parquet(str(temp / "works"))

    command = [str(program), "check", "--jsonl", str(temp / "works.jsonl"), "--exit-zero", "--config", str(configuration)]
    alone = subprocess.run(command, capture_output=True, check=True)
    expected = {json.loads(line)["id"]: same(line) for line in alone.stdout.decode().splitlines()}

    def compare(target: Path, what: str) -> None:
        rows = spark.read.parquet(str(target)).collect()
        ids = [row.id for row in rows]
        lost = sorted(set(expected) - set(ids))
        doubled = len(ids) - len(set(ids))
        if lost or doubled or len(ids) != WORKS:
            sys.exit(f"{what}: {len(lost)} lost ({lost[:5]}), {doubled} doubled, {len(ids)} rows of {WORKS}")
        wrong = [row.id for row in rows if same(row.report) != expected[row.id]]
        if wrong:
            sys.exit(f"{what}: {len(wrong)} reports are not those of forewarn alone, as that of {wrong[0]}")
        if not any((d.rule, d.severity) == ("core/duplicate-tag", "error") for row in rows for d in row.diagnostics or []):
            sys.exit(f"{what}: no finding came out")
        print(f"{what}: {len(ids)} works, each once, with the reports of forewarn alone.")

    said, killed = run(temp, files, str(temp / "works"), temp / "checked", kill=True)
    if killed != ["forewarn", "the Python worker"]:
        sys.exit(f"Only these were killed before all was done: {killed}. Take more works.")
    failed = said.count("Lost task")
    if failed < 2:
        sys.exit(f"Two were killed, and Spark tells of {failed} failed tasks:\n{said[-6000:]}")
    compare(temp / "checked", f"Parquet, with {' and '.join(killed)} killed, {failed} tasks run again")
    if left := processes(temp):
        sys.exit(f"These processes of forewarn are still there: {left}")

    # lines as they come, also such as hold no work
    broken = ["", "{\"id\": \"broken\", \"text\": \"She wal", "[1, 2]"]
    (temp / "mixed.jsonl").write_text("".join(f"{line}\n" for line in [*lines[:50], *broken]))
    said, _ = run(temp, files, str(temp / "mixed.jsonl"), temp / "mixed", False, "--", "--no-excerpts")
    rows = spark.read.parquet(str(temp / "mixed")).collect()
    refused = [row for row in rows if row.error]
    if len(rows) != 53 or len(refused) != 3 or "broken" not in [row.id for row in refused]:
        sys.exit(f"JSON Lines: {len(rows)} rows of 53, {len(refused)} of 3 without a work")
    if any('"quote":"' in row.report for row in rows) or not any('"quote":null' in row.report for row in rows):
        sys.exit("JSON Lines: the option behind `--` was not heard")
    if "53 records given, 53 rows written, 3 of them without a work" not in said:
        sys.exit(f"check.py does not say so:\n{said[-2000:]}")
    print("JSON Lines: 53 lines, each once, 3 of them without a work.")
    spark.stop()


if __name__ == "__main__":
    main()
