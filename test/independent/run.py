"""Runs every chapter beside this file: python run.py --check | --write

A chapter is a module <chapter>.py with a function vectors(), which gives what JSON can hold. Its file is
test/vectors/independent/<chapter>.json. --write writes it, --check compares and names what differs.
"""

import importlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / "vectors" / "independent"
NOT_CHAPTERS = {"run", "base"}


def text_of(chapter):
    return json.dumps(importlib.import_module(chapter).vectors(), indent=1, ensure_ascii=True) + "\n"


def main(mode):
    chapters = sorted(file.stem for file in HERE.glob("*.py") if file.stem not in NOT_CHAPTERS)
    wrong = []
    for chapter in chapters:
        file = VECTORS / f"{chapter}.json"
        text = text_of(chapter)
        if mode == "--write":
            VECTORS.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="ascii")
        elif not file.exists() or file.read_text(encoding="ascii") != text:
            wrong.append(f"{file.name} is not what {chapter}.py gives")
    wrong += [f"{file.name} has no chapter" for file in VECTORS.glob("*.json") if file.stem not in chapters]
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(chapters)} chapters, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("--check", "--write"):
        sys.exit("python run.py --check | --write")
    sys.exit(main(sys.argv[1]))
