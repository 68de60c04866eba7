#!/usr/bin/env python3
"""Writes a library of e-books as people have it, and sees that `forewarn check` accounts for every file of it.

    library.py DIR [N]              writes N files (2,500) into DIR, and what each is into DIR.manifest.json
    library.py --verify DIR [BIN]   runs `BIN check --output json DIR` (target/release/forewarn) and compares

The same N gives the same bytes. Only the standard library is used.
"""

import io
import json
import os
import random
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

# What becomes of a file.
READ, REFUSED, NO_WORK, NOT_FOLLOWED, NOT_MET = "read", "unreadable", "skipped", "not_followed", "not_met"

WORDS = (
    "the rain came over the harbour and nine boats lay at the pier while bread was baked in the old house by the sea "
    "and somebody counted gulls until the lamp went out and the tide turned under a grey sky with little wind "
    "so they mended the nets and drank tea and spoke of the summer and the long road to the village on the hill "
    "she said he had her boat and he said she was late and they looked at his bread and her hands and he told them"
).split()


def prose(random, words):
    """Paragraphs of plain sentences, as many words."""
    paragraphs = []
    while words > 0:
        sentences = []
        for _ in range(random.randint(2, 6)):
            length = min(random.randint(6, 18), max(words, 6))
            words -= length
            sentence = " ".join(random.choices(WORDS, k=length))
            sentences.append(sentence[0].upper() + sentence[1:] + ".")
        paragraphs.append(" ".join(sentences))
    return paragraphs


def page(title, body):
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head>'
        f"<title>{title}</title></head><body>{body}</body></html>"
    )


def text(random, words):
    return "".join(f"<p>{paragraph}</p>" for paragraph in prose(random, words))


def epub(path, files, spine, metadata="", root="content.opf", method=zipfile.ZIP_DEFLATED):
    """Writes an EPUB of these files, those of `spine` in reading order."""
    items = "".join(f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(files))
    order = "".join(f'<itemref idref="i{list(files).index(name)}"/>' for name in spine)
    container = f'<container><rootfiles><rootfile full-path="{root}"/></rootfiles></container>'
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
        f"<metadata>{metadata}</metadata><manifest>{items}</manifest><spine>{order}</spine></package>"
    )
    with zipfile.ZipFile(path, "w", method) as book:
        for name, content, packed in [
            ("mimetype", "application/epub+zip", zipfile.ZIP_STORED),
            ("META-INF/container.xml", container, method),
            (root, package, method),
            *((name, content, method) for name, content in files.items()),
        ]:
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = packed
            book.writestr(info, content)


# Books that are read.


def ao3(random, path):
    title = f"Boats {random.randint(1, 10_000)}"
    chapters = random.randint(1, 12)
    words = [random.randint(300, 4_000) for _ in range(chapters)]
    rows = [
        ("Rating", random.choice(["General Audiences", "Teen And Up Audiences", "Mature", "Not Rated"])),
        ("Archive Warning", random.choice(["No Archive Warnings Apply", "Creator Chose Not To Use Archive Warnings"])),
        ("Fandom", "Original Work"),
        ("Additional Tags", ", ".join(random.sample(["Fluff", "Angst", "Slow Burn", "Boats", "Tea", "Weather"], 3))),
        ("Language", "English"),
        ("Stats", f"Published: 2024-01-01 Words: {sum(words):,} Chapters: {chapters}/{chapters}"),
    ]
    tags = "".join(f"<dt>{label}:</dt><dd>{value}</dd>" for label, value in rows)
    files = {
        "b_split_000.xhtml": page(
            title,
            '<div id="preface"><p class="message"><b>{0}</b><br/>Posted originally on the <a href="https://archiveofourown.org/">'
            'Archive of Our Own</a> at <a href="https://archiveofourown.org/works/1">https://archiveofourown.org/works/1</a>.</p>'
            '<div class="meta"><dl class="tags">{1}</dl></div></div>'.format(title, tags),
        ),
        "b_split_001.xhtml": page(
            title,
            f'<div id="preface"><div class="meta"><h1>{title}</h1><div class="byline">by <a rel="author" href="u">ada</a></div>'
            f'<p>Summary</p><blockquote class="userstuff">{text(random, 30)}</blockquote></div></div>',
        ),
    }
    for number, count in enumerate(words, 1):
        files[f"b_split_{number + 1:03}.xhtml"] = page(
            title,
            f'<div id="chapters"><div class="meta"><h2 class="heading">Chapter {number}</h2></div>'
            f'<div class="userstuff">{text(random, count)}</div></div>',
        )
    epub(path, files, list(files), f"<dc:title>{title}</dc:title><dc:publisher>Archive of Our Own</dc:publisher>")


def fanficfare(random, path):
    title = f"Nets {random.randint(1, 10_000)}"
    files = {
        "OEBPS/title_page.xhtml": page(
            title,
            f'<div class="fff_titlepage"><h3><a href="u">{title}</a> by <a href="u">bo</a></h3>'
            "<b>Category:</b> Original Work<br/><b>Genre:</b> Friendship<br/><b>Language:</b> English<br/>"
            "<b>Status:</b> Completed<br/><b>Rating:</b> T<br/><b>Chapters:</b> 3<br/><b>Publisher:</b> example.org<br/></div>",
        )
    }
    for number in range(1, 4):
        files[f"OEBPS/file{number:04}.xhtml"] = page(
            title, f'<h3 class="fff_chapter_title">{number}. Chapter {number}</h3>{text(random, random.randint(300, 3_000))}'
        )
    epub(path, files, list(files), f"<dc:title>{title}</dc:title><dc:contributor>FanFicFare</dc:contributor>")


def scraper(random, path):
    title = f"Gulls {random.randint(1, 10_000)}"
    files = {
        "EPUB/introduction.xhtml": page(
            title, f"<h1>{title}</h1><p>By: cy</p><p>Status: complete</p><p>Words: 900</p><p>Chapters: 2</p>"
        )
    }
    for number in (1, 2):
        files[f"EPUB/chap_{number}.xhtml"] = page(title, f"<h2>Chapter {number}</h2>{text(random, 450)}")
    epub(path, files, list(files), f"<dc:title>{title}</dc:title>")


def original(random, path):
    title = f"The Long Road {random.randint(1, 10_000)}"
    files = {"cover.xhtml": page(title, '<img src="cover.jpg"/>'), "title.xhtml": page(title, f"<h1>{title}</h1><p>Di</p>")}
    for number in range(1, random.randint(5, 30)):
        files[f"c{number}.xhtml"] = page(title, f"<h1>Chapter {number}</h1>{text(random, random.randint(1_000, 4_000))}")
    epub(path, files, list(files), f"<dc:title>{title}</dc:title><dc:creator>Di</dc:creator><dc:language>en</dc:language>")


def broken_xml(random, path):
    epub(path, {"a.xhtml": f"<html><body><h1>Chapter 1</h1><p>It rained <b>over{text(random, 400)}<p>and <"}, ["a.xhtml"])


def lacks_a_chapter(random, path):
    files = {f"c{n}.xhtml": page("x", f"<h1>Chapter {n}</h1>{text(random, 500)}") for n in (1, 2, 3)}
    epub(path, files, list(files))
    with zipfile.ZipFile(path) as book:
        entries = [(info, book.read(info)) for info in book.infolist() if info.filename != "c2.xhtml"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for info, content in entries:
            book.writestr(info, content)


# Books that are refused.


def whole(random):
    """The bytes of a book that is well."""
    buffer = io.BytesIO()
    original(random, buffer)
    return buffer.getvalue()


def truncated(random, path):
    content = whole(random)
    path.write_bytes(content[: random.randint(100, len(content) - 60)])


def encrypted(random, path):
    files = {"a.xhtml": page("x", f"<h1>Chapter 1</h1>{text(random, 300)}")}
    files["META-INF/encryption.xml"] = (
        '<encryption xmlns="urn:x"><EncryptedData><CipherReference URI="a.xhtml"/></EncryptedData></encryption>'
    )
    epub(path, files, ["a.xhtml"])


def password(random, path):
    content = bytearray(whole(random))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(mark, at + 4)
    path.write_bytes(content)


BOMB = None


def bomb(random, path):
    global BOMB
    if BOMB is None:
        BOMB = " " * (80 << 20)
    epub(path, {"a.xhtml": BOMB}, ["a.xhtml"])


def wide_bomb(random, path):
    files = {f"{n}.xhtml": "<p>sea</p>" * 100_000 for n in range(400)}
    epub(path, files, list(files))


def many_entries(random, path):
    epub(path, {f"{n}.xhtml": "" for n in range(9_000)}, [])


def zip_of_others(random, path):
    with zipfile.ZipFile(path, "w") as container:
        container.writestr(zipfile.ZipInfo("a.txt", (2024, 1, 1, 0, 0, 0)), "It rained.")


def mobi(random, path):
    path.write_bytes(b"Boats".ljust(60, b"\0") + b"BOOKMOBI" + random.randbytes(4_000))


def pdf(random, path):
    path.write_bytes(b"%PDF-1.7\n" + random.randbytes(4_000))


def nothing(random, path):
    path.write_bytes(b"")


def noise(random, path):
    path.write_bytes(random.randbytes(2_000))


# Books that hold no work, and files that are none.


def without_spine(random, path):
    epub(path, {"a.xhtml": page("x", text(random, 300))}, [])


def without_text(random, path):
    epub(path, {"a.xhtml": page("x", '<img src="a.png"/>')}, ["a.xhtml"])


def image(random, path):
    path.write_bytes(b"\xff\xd8\xff" + random.randbytes(500))


# How many in a thousand, of which ending, and what becomes of them.
KINDS = [
    (ao3, 420, ".epub", READ),
    (fanficfare, 160, ".epub", READ),
    (scraper, 110, ".epub", READ),
    (original, 150, ".epub", READ),
    (broken_xml, 10, ".epub", READ),
    (lacks_a_chapter, 10, ".epub", READ),
    (truncated, 25, ".epub", REFUSED),
    (encrypted, 15, ".epub", REFUSED),
    (password, 5, ".epub", REFUSED),
    (bomb, 5, ".epub", REFUSED),
    (wide_bomb, 2, ".epub", REFUSED),
    (many_entries, 2, ".epub", REFUSED),
    (zip_of_others, 10, ".epub", REFUSED),
    (mobi, 10, ".epub", REFUSED),
    (pdf, 10, ".epub", REFUSED),
    (nothing, 10, ".epub", REFUSED),
    (noise, 6, ".epub", REFUSED),
    (without_spine, 10, ".epub", NO_WORK),
    (without_text, 10, ".epub", NO_WORK),
    (image, 20, ".jpg", NO_WORK),
]


def write(folder, count):
    """Writes the library and its manifest: a path in the folder, and what becomes of it."""
    folder.mkdir(parents=True)
    manifest = {}
    rng = random.Random(f"library of {count}")

    def add(path, fate):
        manifest[os.fsdecode(os.fsencode(path.relative_to(folder)))] = fate

    def put(name, content, fate):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        add(path, fate)

    # one of each of what is not a matter of numbers
    put("index.csv", b"ID,Path,Title\n1,a.epub,Boats\n", NO_WORK)
    put("cover.jpg", b"\xff\xd8\xff", NO_WORK)
    put(".DS_Store", b"\0\0\0\1Bud1", NOT_MET)
    put("unpacked.epub/META-INF/container.xml", b"<container/>", None)
    put("unpacked.epub/a.xhtml", b"<p>It rained.</p>", None)
    manifest["unpacked.epub"] = REFUSED
    if hasattr(os, "mkfifo"):
        os.symlink("cover.jpg", folder / "link.epub")
        os.symlink(".", folder / "circle")
        os.mkfifo(folder / "pipe.epub")
        for name in ("link.epub", "circle", "pipe.epub"):
            add(folder / name, NOT_FOLLOWED)
        for byte in (b"\xe8", b"\xe9"):
            path = Path(os.fsdecode(os.fsencode(folder) + b"/caf" + byte + b".epub"))
            scraper(rng, path)
            add(path, READ)
    kinds = [kind for kind in KINDS for _ in range(round(kind[1] * count / 1_000))]
    rng.shuffle(kinds)
    met = sum(1 for fate in manifest.values() if fate)
    while len(kinds) + met < count:
        kinds.append(KINDS[0])
    for number, (make, _, ending, fate) in enumerate(kinds[: count - met]):
        path = folder / f"shelf {number % 17}" / f"{make.__name__}-{number:05}{ending}"
        path.parent.mkdir(exist_ok=True)
        make(rng, path)
        add(path, fate)
    manifest = {path: fate for path, fate in manifest.items() if fate}
    Path(f"{folder}.manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    counts = {fate: sum(1 for f in manifest.values() if f == fate) for fate in sorted(set(manifest.values()))}
    print(f"{len(manifest)} files: {counts}")


def verify(folder, binary):
    """Compares what forewarn says with the manifest. Gives how much differs."""
    manifest = json.loads(Path(f"{folder}.manifest.json").read_text())
    start = time.monotonic()
    run = subprocess.run([binary, "check", "--output", "json", str(folder)], stdout=subprocess.PIPE)
    seconds = time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    report = json.loads(run.stdout)
    totals = report["totals"]
    wrong = []
    if run.returncode != 1:
        wrong.append(f"exit code {run.returncode}")
    # names that are not UTF-8 are told with replacement characters
    told = lambda path: os.fsencode(path).decode("utf-8", "replace")
    expected = {}
    for path, fate in manifest.items():
        expected.setdefault(told(path), []).append(fate)
    found = {}
    inside = lambda name: os.path.relpath(name, folder)
    for work in report["works"]:
        found.setdefault(inside(work["path"]), []).append(READ if work["format"] else REFUSED)
        unread = [d for d in work["diagnostics"] if d["rule"] == "core/unreadable"]
        if not work["format"] and not (unread and all(d["message"] for d in unread)):
            wrong.append(f"{work['path']}: refused without a reason")
    for key, fate in (("skipped", NO_WORK), ("not_followed", NOT_FOLLOWED)):
        for name in totals[key]:
            found.setdefault(inside(name), []).append(fate)
    for path in sorted(set(expected) | set(found)):
        want = [fate for fate in expected.get(path, ["nothing"]) if fate != NOT_MET]
        if sorted(want) != sorted(found.get(path, [])):
            wrong.append(f"{path}: {found.get(path, ['nothing'])} and not {want}")
    counted = {fate: sum(1 for f in manifest.values() if f == fate) for fate in (READ, REFUSED, NO_WORK, NOT_FOLLOWED)}
    if totals["files"] != {"met": sum(counted.values()), **counted}:
        wrong.append(f"totals say {totals['files']}, the manifest {counted}")
    print(f"{totals['files']}, {totals['words']:,} words, {seconds:.1f} s, {memory} MB at most")
    print("\n".join(wrong[:40]) or "Every file is accounted for.")
    return len(wrong)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--verify"] and len(sys.argv) in (3, 4):
        sys.exit(1 if verify(Path(sys.argv[2]), sys.argv[3] if len(sys.argv) == 4 else "target/release/forewarn") else 0)
    if len(sys.argv) in (2, 3) and not sys.argv[1].startswith("-"):
        sys.exit(write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 2_500))
    sys.exit(__doc__)
