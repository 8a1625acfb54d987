#!/usr/bin/env python3
"""What backup-fetch and six other readers say of each zip in a folder: unzip, 7z, bsdtar, Python, Go and Java.

All of them read every entry. Prints a table with tabs; `-` stands for a reader that is not there. Java's ZipFile does not
hold what it reads against the CRC-32.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILT = ROOT / "target" / "zips"
OURS = "backup-fetch"
ACCEPTED = ("ok", "warn")


class Said:
    """A reader's verdict (ok, warn, bad, unverified), a digest of what it read if asked for, and its words."""

    __slots__ = ("verdict", "digest", "words")

    def __init__(self, verdict, digest="", words=""):
        self.verdict, self.digest, self.words = verdict, digest, words

    @property
    def accepts(self):
        return self.verdict in ACCEPTED


def output(*command):
    """Exit code and all that was said. Nobody is there to answer a question."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    return done.returncode, done.stdout, done.stderr


def digest_of(*commands):
    digest = hashlib.sha256()
    for command in commands:
        digest.update(output(*command)[1] + b"\0")
    return digest.hexdigest()


def brief(*said):
    return " ".join(b" ".join(said).decode(errors="replace").split())[:200]


def by_unzip(path, content):
    code, *said = output("unzip", "-tqq", path)
    verdict = {0: "ok", 1: "warn"}.get(code, "bad")
    digest = digest_of(("unzip", "-Z1", path), ("unzip", "-p", path)) if content and verdict != "bad" else ""
    return Said(verdict, digest, brief(*said))


def by_7z(path, content):
    code, *said = output("7z", "t", "-bso0", "-bsp0", "-p-", path)
    warned = code == 1 or b"WARNING" in b"".join(said)
    verdict = "bad" if code > 1 else "warn" if warned else "ok"
    digest = ""
    if content and verdict != "bad":
        # Only names: times and attributes stand beside them.
        listed = output("7z", "l", "-slt", "-ba", "-p-", path)[1]
        names = b"\n".join(line for line in listed.splitlines() if line.startswith(b"Path = "))
        digest = hashlib.sha256(names + output("7z", "x", "-so", "-bsp0", "-p-", path)[1]).hexdigest()
    return Said(verdict, digest, brief(*said))


def by_bsdtar(path, content):
    code, data, said = output("bsdtar", "-xOf", path)
    verdict = "bad" if code else "ok"
    digest = ""
    if content and verdict != "bad":
        digest = hashlib.sha256(output("bsdtar", "-tf", path)[1] + b"\0" + data).hexdigest()
    return Said(verdict, digest, brief(said))


def by_python(path):
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                data = archive.read(entry)
                digest.update(entry.filename.encode(errors="surrogateescape") + b"\0%d\0" % len(data) + data)
    except Exception as error:  # noqa: BLE001: zipfile raises whatever its parts raise
        return Said("bad", "", brief(repr(error).encode()))
    return Said("ok", digest.hexdigest())


def in_bulk(command, paths):
    """One process for all: one line of the form verdict, digest, words for each path."""
    done = subprocess.run(command, input="".join(f"{path}\n" for path in paths), capture_output=True, text=True,
                          check=True, errors="replace")
    lines = done.stdout.splitlines()
    assert len(lines) == len(paths), f"{command[0]}: {len(lines)} verdicts for {len(paths)} zips"
    return [Said(*line.split("\t")) for line in lines]


def by_ours(paths, program):
    """The example program takes paths as arguments, and prints verdict, path, entries, SHA-256, words."""
    said = []
    for at in range(0, len(paths), 2000):
        done = subprocess.run([program, *paths[at : at + 2000]], capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            verdict, _, entries, _, words = line.split("\t", 4)
            said.append(Said(verdict, entries, words))
    assert len(said) == len(paths), f"{program}: {len(said)} verdicts for {len(paths)} zips: {done.stderr}"
    return said


def bulk_readers():
    """The commands that read many, built first where they must be."""
    commands = {}
    BUILT.mkdir(parents=True, exist_ok=True)
    if shutil.which("go"):
        subprocess.run(["go", "build", "-o", BUILT / "read-go", HERE / "reading" / "read.go"], check=True)
        commands["go"] = [BUILT / "read-go"]
    if shutil.which("javac"):
        subprocess.run(["javac", "-d", BUILT / "java", HERE / "reading" / "Read.java"], check=True)
        commands["java"] = ["java", "-cp", BUILT / "java", "Read"]
    return commands


def program():
    """Ours, built by the profile that tests use."""
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--example", "zips"], cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return str(target / "debug" / "examples" / "zips")


class Readers:
    """All that are there. `read` asks each for its verdict of each path."""

    names = ("unzip", "7z", "bsdtar", "python", "go", "java")

    def __init__(self, ours=None):
        self.program = ours or program()
        single = {"unzip": by_unzip, "7z": by_7z, "bsdtar": by_bsdtar}
        self.single = {name: by for name, by in single.items() if shutil.which(name)}
        if len(self.single) < len(single) and os.environ.get("REQUIRE_TOOLS") == "1":
            sys.exit(f"not there: {' '.join(single.keys() - self.single.keys())}")
        self.bulk = bulk_readers()
        self.pool = ThreadPoolExecutor(os.cpu_count())

    def ours(self, paths):
        return by_ours(paths, self.program)

    def read_in_bulk(self, paths):
        """Reader -> what it said of each path, in their order; only of those that take many in one process."""
        later = {name: self.pool.submit(in_bulk, command, paths) for name, command in self.bulk.items()}
        said = {"python": [by_python(path) for path in paths]}
        return said | {name: result.result() for name, result in later.items()}

    def read(self, paths, content=False):
        """The same of all; those that are started for each give a digest only if asked for the content."""
        single = {name: list(self.pool.map(lambda path, by=by: by(path, content), paths))
                  for name, by in self.single.items()}
        return single | self.read_in_bulk(paths)


def table(paths, readers):
    """Rows of path, our verdict, the others' and our words."""
    paths = [str(path) for path in paths]
    ours, others = readers.ours(paths), readers.read(paths)
    for at, path in enumerate(paths):
        verdicts = [others[name][at].verdict if name in others else "-" for name in Readers.names]
        yield [Path(path).name, ours[at].verdict, *verdicts, ours[at].words]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ours", metavar="PROGRAM", help="the example program of another version")
    options = parser.parse_args()
    print("zip", OURS, *Readers.names, "words", sep="\t")
    for row in table(sorted(options.folder.glob("*.zip")), Readers(options.ours)):
        print(*row, sep="\t")


if __name__ == "__main__":
    sys.exit(main())
