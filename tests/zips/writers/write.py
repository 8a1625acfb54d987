"""Zips by Python's zipfile: python3 write.py SOURCES OUT SUFFIX [MODE]

To a file and to a pipe, which can't be sought in, deflated and stored, with the sizes of zip64 or without.
"""

import os
import sys
import threading
import zipfile
from pathlib import Path

SOURCES, OUT, SUFFIX = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
ONLY = sys.argv[4:]
METHODS = {"deflated": zipfile.ZIP_DEFLATED, "stored": zipfile.ZIP_STORED}


def add_paths(archive):
    for path in sorted(SOURCES.rglob("*")):
        archive.write(path, path.relative_to(SOURCES))


def add_texts(archive):
    for path in sorted(SOURCES.rglob("*")):
        name = str(path.relative_to(SOURCES))
        if path.is_dir():
            archive.writestr(name + "/", b"")
        else:
            archive.writestr(name, path.read_bytes())


def add_zip64(archive):
    """As somebody does who does not know how much will come."""
    for path in sorted(SOURCES.rglob("*")):
        if path.is_file():
            with archive.open(str(path.relative_to(SOURCES)), "w", force_zip64=True) as entry:
                entry.write(path.read_bytes())


def to_file(target, method, add):
    with zipfile.ZipFile(target, "w", method) as archive:
        add(archive)


def to_pipe(target, method, add):
    reader, writer = os.pipe()

    def drain():
        with open(reader, "rb") as pipe, open(target, "wb") as file:
            while step := pipe.read(1 << 16):
                file.write(step)

    thread = threading.Thread(target=drain)
    thread.start()
    with open(writer, "wb") as pipe:
        to_file(pipe, method, add)
    thread.join()


def appended(target, method, add):
    """In two goes, the second of which writes over the directory of the first."""
    to_file(target, method, add)
    with zipfile.ZipFile(target, "a", method) as archive:
        archive.comment = b"two goes"
        archive.writestr("Later.csv", b"1,2,3\n")


for way, write in {"file": to_file, "pipe": to_pipe, "appended": appended}.items():
    for packing, method in METHODS.items():
        for form, add in {"": add_paths, "-texts": add_texts, "-zip64": add_zip64}.items():
            mode = f"python-{way}-{packing}{form}"
            if not ONLY or mode in ONLY:
                write(OUT / f"{mode}{SUFFIX}.zip", method, add)
