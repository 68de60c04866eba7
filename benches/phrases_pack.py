#!/usr/bin/env python3
"""A pack of phrases, to measure on: python3 benches/phrases_pack.py PHRASES COMMON_WORDS FOLDER

PHRASES has a phrase a line, COMMON_WORDS a word a line, the most frequent first. The pack has a language and two fields
of its own, so that it can be used alone, and one lexicon that scores a tag.
"""
import json
import pathlib
import sys

phrases, words = (pathlib.Path(path).read_text().split("\n")[:-1] for path in sys.argv[1:3])
folder = pathlib.Path(sys.argv[3])
folder.mkdir(parents=True, exist_ok=True)
# a space in a term stands for a hyphen too, and a pack may say a thing once
phrases = list({phrase.replace("-", " "): phrase for phrase in phrases}.values())
terms = "".join(f"  {json.dumps(phrase)},\n" for phrase in phrases)
(folder / "phrases.toml").write_text(f"""\
[[language]]
id = "en"
code = "eng"
names = ["English"]
within = 4
negation = ["not"]
irrealis = []
common = {json.dumps([word for word in words if word])}
narrative = ["said"]

[[field]]
id = "rating"
name = "Rating"
names = ["rating"]
holds = "names"

[[field]]
id = "additional-tag"
name = "Tags"
names = ["tags"]
holds = "tags"

[[tag]]
id = "phrase"
name = "Phrase"
category = "content"

[[rule]]
id = "phrase"
severity = "warning"
summary = "A phrase stands here."
each = "content"
when = {{ evidence = "{{tag}}" }}
expect = {{ tag = "{{tag}}" }}

[[lexicon]]
id = "phrases.en"
language = "en"
summary = "Phrases to measure on."
tag = "phrase"
weight.1 = [
{terms}]
""")
(folder.parent / "forewarn.toml").write_text(f'packs = ["./{folder.name}"]\n')
