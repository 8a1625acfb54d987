"""Zips by the packages of PyPI that stream: python3 write_pypi.py SOURCES OUT SUFFIX [MODE]"""

import os
import sys
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import pyzipper
import stream_zip
import zipfly
import zipstream

SOURCES, OUT, SUFFIX = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
ONLY = sys.argv[4:]
PATHS = sorted(SOURCES.rglob("*"))
WHEN = datetime(2026, 1, 2, 3, 4, 5)


def name_of(path):
    return str(path.relative_to(SOURCES)) + ("/" if path.is_dir() else "")


def pieces(data):
    return (data[at : at + 65536] for at in range(0, len(data), 65536))


def by_stream_zip(method_of):
    def members():
        for path in PATHS:
            data = path.read_bytes() if path.is_file() else b""
            mode = 0o40755 if path.is_dir() else 0o100644
            yield name_of(path), WHEN, mode, method_of(data), pieces(data)

    return stream_zip.stream_zip(members())


def by_zipstream(method, sized):
    archive = zipstream.ZipStream(compress_type=method, sized=sized)
    for path in PATHS:
        if path.is_dir():
            archive.mkdir(name_of(path))
        elif sized:
            archive.add_path(str(path), name_of(path))
        else:
            archive.add(pieces(path.read_bytes()), name_of(path))
    return archive


def by_zipfly():
    paths = [{"fs": str(path), "n": name_of(path)} for path in PATHS if path.is_file()]
    return zipfly.ZipFly(paths=paths).generator()


def by_pyzipper(method):
    target = OUT / "pyzipper.tmp"
    with pyzipper.ZipFile(target, "w", method) as archive:
        for path in PATHS:
            archive.write(path, name_of(path))
    data = target.read_bytes()
    os.remove(target)
    return [data]


def stored(method):
    return lambda data: method(len(data), zlib.crc32(data))


MODES = {
    "streamzip-deflated": lambda: by_stream_zip(lambda _: stream_zip.ZIP_32),
    "streamzip-deflated-zip64": lambda: by_stream_zip(lambda _: stream_zip.ZIP_64),
    "streamzip-auto": lambda: by_stream_zip(lambda data: stream_zip.ZIP_AUTO(len(data))),
    "streamzip-stored": lambda: by_stream_zip(lambda _: stream_zip.NO_COMPRESSION_32),
    "streamzip-stored-zip64": lambda: by_stream_zip(lambda _: stream_zip.NO_COMPRESSION_64),
    "streamzip-stored-streamed": lambda: by_stream_zip(stored(stream_zip.NO_COMPRESSION_32)),
    "streamzip-stored-streamed-zip64": lambda: by_stream_zip(stored(stream_zip.NO_COMPRESSION_64)),
    "zipstreamng-deflated": lambda: by_zipstream(zipfile.ZIP_DEFLATED, False),
    "zipstreamng-stored": lambda: by_zipstream(zipfile.ZIP_STORED, False),
    "zipstreamng-stored-sized": lambda: by_zipstream(zipfile.ZIP_STORED, True),
    "zipfly-stored": by_zipfly,
    "pyzipper-deflated": lambda: by_pyzipper(pyzipper.ZIP_DEFLATED),
    "pyzipper-stored": lambda: by_pyzipper(pyzipper.ZIP_STORED),
}

for mode, write in MODES.items():
    if not ONLY or mode in ONLY:
        with open(OUT / f"{mode}{SUFFIX}.zip", "wb") as file:
            file.writelines(write())
