#!/usr/bin/env python3
"""How many tags that people wrote resolve to the tag that they mean.

    python3 tests/measure/synonyms.py SYNONYMS.csv target/release/forewarn [--show wrong|missed|related] [--config FILE]

SYNONYMS.csv has the columns `canonical`, `relation` and `tag`. Rows count whose relation is `synonym` and whose tag is
written in Latin script. A row is right when its tag resolves to the tag that its canonical resolves to (strictly right)
or to one that is linked with that by implying or covering it, directly or not, in either direction; of a tag that names
several, one such is enough. It is wrong when it resolves to other tags only, missed when it resolves to none, and open when its canonical resolves to none itself.

With a CSV that has a column `name` instead, it prints every name that resolves to content and what it comes to.
"""

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

PER_WORK = 500
# inspect shortens what it quotes
QUOTED = 80
CLAIM = re.compile(
    r'^    (declares|denies|withholds) (.*?)(?: \((mild|attempted|past|implied|loose)\))?: “(.*)” in tags$')
RULES = Path(__file__).resolve().parents[2] / 'rules'


def is_latin(text):
    return all('LATIN' in unicodedata.name(c, 'LATIN') for c in text if c.isalpha())


def resolve(tags, forewarn, config=None):
    """What each tag comes to, as a list of (stance, name, degree); tags that come to nothing are left out."""
    tags = list(dict.fromkeys(tags))
    works = [tags[i:i + PER_WORK] for i in range(0, len(tags), PER_WORK)]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, work in enumerate(works):
            path = Path(folder) / f'{number:06}.md'
            entries = ''.join(f'  - {json.dumps(t, ensure_ascii=False)}\n' for t in work)
            path.write_text(f'---\ntitle: Tags\ntags:\n{entries}---\n\nShe walked home.\n', encoding='utf-8')
            paths.append(str(path))
        options = ['--config', config] if config else []
        run = subprocess.run([forewarn, 'inspect', *options, *paths], capture_output=True, text=True, check=False)
        if run.stderr or run.returncode:
            sys.exit(run.stderr or run.stdout[-600:])
    found = {}
    number = -1
    for line in run.stdout.split('\n'):
        if line in paths:
            number, at = number + 1, 0
        if claim := CLAIM.match(line):
            stance, name, degree, quoted = claim.groups()
            # claims stand in the order of the tags, and a tag can make several
            while at < len(works[number]) and not same(works[number][at], quoted):
                at += 1
            if at == len(works[number]):
                sys.exit(f'{paths[number]}: cannot place {line!r}')
            found.setdefault(works[number][at], []).append((stance, name, degree or 'depicted'))
    return found


def same(tag, quoted):
    # a value with escapes is quoted as it stands in the file, with its quotation marks
    written = json.dumps(tag, ensure_ascii=False)
    return any(quoted == w or quoted.endswith('…') and w.startswith(quoted[:-1]) for w in (written, written[1:-1]))


def families():
    """For each name of a tag, the names of those that it declares."""
    tables = [t for f in sorted(RULES.glob('*/**/*.toml')) for t in tomllib.loads(f.read_text('utf-8')).get('tag', [])]
    names = {t['id']: t['name'] for t in tables}
    direct = {t['name']: [names[i] for i in t.get('implies', []) + t.get('covers', [])] for t in tables}
    declared = {}
    for name in direct:
        seen = [name]
        for other in seen:
            seen += [n for n in direct[other] if n not in seen]
        declared[name] = set(seen)
    return declared


def shown(claims):
    return ', '.join(f'{stance} {name} ({degree})' for stance, name, degree in claims or []) or 'nothing'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('csv')
    parser.add_argument('forewarn')
    parser.add_argument('--config')
    parser.add_argument('--show', choices=['wrong', 'missed', 'related', 'right'])
    options = parser.parse_args()
    with open(options.csv, encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file))
    if 'tag' not in rows[0]:
        found = resolve([r['name'] for r in rows], options.forewarn, options.config)
        for name, claims in found.items():
            print(f'{name}\t{shown(claims)}')
        return
    rows = [r for r in rows if r['relation'] == 'synonym' and is_latin(r['tag'])]
    found = resolve([r[c] for r in rows for c in ('canonical', 'tag')], options.forewarn, options.config)
    declared = families()
    counts = Counter()
    for row in rows:
        meant, said = found.get(row['canonical']), found.get(row['tag'])
        if said is None:
            verdict = 'missed'
        elif meant is None:
            verdict = 'open'
        elif {m[1] for m in meant} & {s[1] for s in said}:
            verdict = 'right'
        elif any(s[1] in declared[m[1]] or m[1] in declared[s[1]] for s in said for m in meant):
            verdict = 'related'
        else:
            verdict = 'wrong'
        counts[verdict] += 1
        if options.show == verdict:
            print(f"{row['tag']}\t→ {shown(said)}\t({row['canonical']} = {shown(meant)})")
    total = len(rows)
    unknown = sorted({r['canonical'] for r in rows if r['canonical'] not in found})
    print(f'{total} synonyms in Latin script')
    right = counts['right'] + counts['related']
    for label, count in [('of the right family', right), ('of the same tag', counts['right']),
                         ('of a wrong family', counts['wrong']), ('unresolved', counts['missed']),
                         ('resolved, but their canonical is not', counts['open'])]:
        print(f'  {count:5} {count / total:6.1%} {label}')
    print(f'{len(unknown)} canonicals are not resolved: {", ".join(unknown)}')


if __name__ == '__main__':
    main()
