#!/usr/bin/env python3
"""Whether programs that other people wrote can read the reports.

    pip install -r tests/reporters/requirements.txt
    python3 tests/measure/reporters.py target/debug/forewarn [PATH ...]

`tests/reporters/run.sh` does both. Without paths it checks the stories in `fixtures/`. What is tried, each only where its
package is installed; what is not installed is named at the end, and nothing is said to be right that was not tried. The
exit code is 1 when one of them refuses a report:

- lxml: JUnit against `tests/reporters/junit-10.xsd`, the schema of Jenkins' xUnit plugin.
- junitparser: the suites and cases are counted as the file itself counts them.
- jsonschema: SARIF against `tests/reporters/sarif-schema-2.1.0.json`, by another validator than that of the tests.
- sarif-tools: `sarif summary` and `sarif csv` read the file and count all its results.

reviewdog, GitHub and GitLab are not tried: they are a Go program and two services.
"""

import csv
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
FORMATS = ["sarif", "github", "gitlab", "junit", "rdjson", "rdjsonl"]


def lxml(folder):
    from lxml import etree
    schema = etree.XMLSchema(etree.parse(HERE / "reporters" / "junit-10.xsd"))
    schema.assertValid(etree.parse(folder / "junit"))
    return "JUnit keeps its schema"


def junitparser(folder):
    from junitparser import JUnitXml
    suites = list(JUnitXml.fromfile(str(folder / "junit")))
    cases = failures = 0
    for suite in suites:
        own = list(suite)
        failed = sum(1 for case in own if case.is_failure)
        assert (suite.tests, suite.failures) == (len(own), failed), suite.name
        cases, failures = cases + len(own), failures + failed
    return f"{len(suites)} suites, {cases} cases, {failures} failures"


def jsonschema(folder):
    import jsonschema
    text = (HERE / "reporters" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8")
    # as published, the pattern of a language has a bracket too many
    schema = json.loads(text.replace('{2}]?$"', '{2}$"'))
    log = json.loads((folder / "sarif").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(log)
    return f"{len(log['runs'][0]['results'])} results keep the schema"


def sarif(folder):
    log = folder / "log.sarif"
    shutil.copy(folder / "sarif", log)
    results = len(json.loads(log.read_text(encoding="utf-8"))["runs"][0]["results"])
    tool = [sys.executable, "-m", "sarif"]
    subprocess.run([*tool, "summary", log], check=True, capture_output=True)
    subprocess.run([*tool, "csv", "--output", folder / "sarif.csv", log], check=True, capture_output=True)
    with open(folder / "sarif.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == results, f"{len(rows)} rows of {results} results"
    assert all(row["Location"] for row in rows)
    return f"{results} results in its table"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program, paths = sys.argv[1], sys.argv[2:] or [HERE.parent / "fixtures"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        outputs = [f"--output={f}={folder / f}" for f in FORMATS]
        done = subprocess.run([program, "check", *paths, *outputs])
        if done.returncode not in (0, 1):
            sys.exit(f"forewarn ended with {done.returncode}")
        missing, refused = [], []
        for check in (lxml, junitparser, jsonschema, sarif):
            package = check.__name__
            if importlib.util.find_spec(package) is None:
                missing.append("sarif-tools" if check is sarif else package)
                continue
            try:
                print(f"{package}: {check(folder)}")
            # whatever it raises, it refuses the report, and the others are to be tried too
            except Exception as error:
                refused.append(package)
                said = getattr(error, "stderr", None) or error
                print(f"{package}: REFUSED: {said.decode(errors='replace') if isinstance(said, bytes) else said}")
        if missing:
            print(f"SKIPPED, since they are not installed: {', '.join(missing)}")
        if refused:
            sys.exit(f"refused by {', '.join(refused)}")


if __name__ == "__main__":
    main()
