"""What is in the wheel and the sdist: no Python code, the metadata of Cargo.toml, and all that compiling needs.

    python3 contents.py DIST PROJECT

Exit code: 0 all is as it must be, 1 something differs, which is said.
"""

import pathlib
import re
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser


def cargo(key: str, manifest: str) -> str:
    return re.search(rf'^{key} = "(.*)"$', manifest, re.MULTILINE).group(1)


def main(dist: pathlib.Path, project: pathlib.Path) -> list[str]:
    """The mistakes that were found."""
    mistakes = []

    def expect(what: str, found: object, expected: object) -> None:
        if found != expected:
            mistakes.append(f"{what}: {found!r}, not {expected!r}")

    manifest = (project / "Cargo.toml").read_text(encoding="utf-8")
    version = cargo("version", manifest)
    wheels, sources = sorted(dist.glob("*.whl")), sorted(dist.glob("*.tar.gz"))
    expect("wheels and sdists", (len(wheels), [s.name for s in sources]), (1, [f"forewarn-{version}.tar.gz"]))
    wheel = wheels[0]
    if not re.fullmatch(rf"forewarn-{re.escape(version)}-py3-none-(?!any)[\w.]+\.whl", wheel.name):
        mistakes.append(f"the wheel is called {wheel.name}")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        info = f"forewarn-{version}.dist-info/"
        programs = [n for n in names if not n.startswith(info)]
        expect("what is not about the wheel", [p.removesuffix(".exe") for p in programs], [f"forewarn-{version}.data/scripts/forewarn"])
        expect("Python code", [n for n in names if n.endswith((".py", ".pyc", ".so", "entry_points.txt"))], [])
        expect("licences", sorted(n.rsplit("/", 1)[1] for n in names if "/licenses/" in n), ["LICENSE-APACHE", "LICENSE-MIT"])
        metadata = HeaderParser().parsestr(archive.read(info + "METADATA").decode())
    expect("version", metadata["Version"], version)
    expect("summary", metadata["Summary"], cargo("description", manifest))
    expect("licence", metadata["License-Expression"], cargo("license", manifest))
    readme = (project / "README.md").read_text(encoding="utf-8")
    expect("whether the long description is README.md", metadata.get_payload().strip() == readme.strip(), True)

    listed = subprocess.run(
        ["cargo", "package", "--list", "--allow-dirty", "--manifest-path", project / "Cargo.toml"], capture_output=True, text=True, check=True
    )
    # cargo's own additions
    needed = {line for line in listed.stdout.splitlines() if line not in (".cargo_vcs_info.json", "Cargo.toml.orig")}
    with tarfile.open(sources[0]) as archive:
        held = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    expect("what the sdist lacks", sorted(needed - held), [])
    expect("what the sdist has besides", sorted(held - needed), ["PKG-INFO", "pyproject.toml"])
    return mistakes


if __name__ == "__main__":
    found = main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    print("\n".join(f"FAILED: {mistake}" for mistake in found), end="\n" if found else "")
    sys.exit(1 if found else 0)
