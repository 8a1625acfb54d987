#!/usr/bin/env python3
"""Flips single bits in zips of many writers, everywhere but in packed data, and asks backup-fetch and six other readers.

Counts, for each zip: flips; those that at least four of the six refuse (though they take the zip as it was); those of
them that we accept, which must be less than one in a thousand of them; and those that we accept although Python, Go or
Java now finds other names or other bytes, of which there must be none.

Some flips change what unzip, 7z or bsdtar makes of a zip, and there is no second place in the file that could tell: the
mode by which an entry is a link, the system by which unzip guesses the charset of names. They are looked for in one of
SAMPLE accepted flips, and stand in a column of their own.

What is counted in the last three columns is written to found.tsv in the folder, and the zips to its folder `found`.
"""

import argparse
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

sys.dont_write_bytecode = True
import readers  # noqa: E402

# Of each kind of header, descriptor and end one at least; the names are those that make.py gives.
ZIPS = """7z-file 7z-pipe admzip archiver-stream-deflated archiver-stream-stored-zip64 async-zip-stream-deflated
    async-zip-whole-stored bsdtar-file bsdtar-file-zip64 bsdtar-pipe clientzip commons-file-deflated-unicodefields
    commons-stream-deflated-zip64 fflate-stream-deflated git-archive go-deflated infozip-file infozip-file-zip64
    infozip-pipe infozip-split-in-one jdk-deflated jdk-stored jdk-times-comments jdk-zipfs-zip64 jszip-unix libzip
    minizip perl-stream-deflated-zip64 php-deflated python-file-stored python-pipe-deflated-zip64 pyzipper-deflated
    rawzip-deflated ruby-file-zip64 streamzip-stored-zip64 yazl-stream-deflated yazl-stream-stored-zip64
    zip-crate-seek-deflated zip-crate-stream-stored-zip64 zip4j-stream-deflated zip4j-stream-stored zipjs-deflated
    zipjs-zip64 zipstreamng-deflated""".split()
ENOUGH = 4  # of six readers
SAMPLE = 20
COLUMNS = ("zip", "flips", "refused by 4", "accepted of those", "changed and accepted", "told otherwise (sample)")


def structure(path):
    """Offset -> record, of every byte that is no packed data."""
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        entries, directory = archive.infolist(), archive.start_dir
    places = dict.fromkeys(range(directory), "descriptor or before the first entry")
    places |= {at: "central directory" for at in range(directory, len(data))}
    end = data.rfind(b"PK\x05\x06")
    behind = end + 22 + int.from_bytes(data[end + 20 : end + 22], "little")
    start = data.rfind(b"PK\x06\x06")
    places |= {at: "end of central directory" for at in range(end if start < 0 else start, behind)}
    # What fills a tape's block behind the end is neither header nor data.
    for at in range(behind, len(data)):
        del places[at]
    for entry in entries:
        start = entry.header_offset
        header = 30 + int.from_bytes(data[start + 26 : start + 28], "little") \
            + int.from_bytes(data[start + 28 : start + 30], "little")
        places |= {at: f"local header of {entry.filename}" for at in range(start, start + header)}
        for at in range(start + header, start + header + entry.compress_size):
            del places[at]
    return places


def flips(path, places, every, folder):
    """Writes the zip once for each bit (of which one in `every` is taken): path, offset, bit."""
    data = bytearray(path.read_bytes())
    bits = [(at, bit) for at in sorted(places) for bit in range(8)][::every]
    for at, bit in bits:
        data[at] ^= 1 << bit
        target = folder / f"{path.stem}-{at}-{bit}.zip"
        target.write_bytes(data)
        data[at] ^= 1 << bit
        yield str(target), at, bit


class Flipped:
    """What was said of one flip: by us, and by the readers that were asked."""

    def __init__(self, path, at, bit, ours):
        self.path, self.at, self.bit, self.ours = path, at, bit, ours
        self.refused, self.changed, self.told_otherwise = [], [], []

    def add(self, name, said, original):
        if original.accepts and not said.accepts:
            self.refused.append(name)
        return said.accepts and said.digest and said.digest != original.digest

    def ask_single(self, all_readers, original):
        """Only until it is known whether enough refuse."""
        left = len(all_readers.single)
        for name, by in all_readers.single.items():
            if len(self.refused) >= ENOUGH or len(self.refused) + left < ENOUGH:
                return
            self.add(name, by(self.path, False), original[name])
            left -= 1

    def ask_what_single_make_of_it(self, all_readers, original):
        self.told_otherwise = [name for name, by in all_readers.single.items()
                               if self.add(name, by(self.path, True), original[name])]


def judge(path, every, folder, all_readers):
    """Those that read in bulk are asked about every flip, those that are started for each only where it matters."""
    original = {name: said[0] for name, said in all_readers.read([str(path)], content=True).items()}
    places = structure(path)
    made = list(flips(path, places, every, folder))
    paths = [target for target, _, _ in made]
    bulk = all_readers.read_in_bulk(paths)
    results = [Flipped(*flip, ours) for flip, ours in zip(made, all_readers.ours(paths))]
    for name, said in bulk.items():
        for one, verdict in zip(results, said):
            if one.add(name, verdict, original[name]):
                one.changed.append(name)
    list(all_readers.pool.map(lambda one: one.ask_single(all_readers, original), results))
    sample = [one for one in results if one.ours.accepts and len(one.refused) < ENOUGH][::SAMPLE]
    list(all_readers.pool.map(lambda one: one.ask_what_single_make_of_it(all_readers, original), sample))
    return places, results


def keep(found, places, flipped, kind, log):
    shutil.copy(flipped.path, found)
    who = flipped.refused if kind.startswith("accepted") else flipped.changed + flipped.told_otherwise
    print(Path(flipped.path).name, kind, places[flipped.at], ",".join(who), flipped.ours.verdict, flipped.ours.words,
          sep="\t", file=log)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="zips made by make.py --small")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="flip only one bit of N (an odd number)")
    parser.add_argument("--zip", action="append", metavar="MODE", help="this zip only (repeatable)")
    parser.add_argument("--ours", metavar="PROGRAM", help="the example program of another version")
    options = parser.parse_args()
    there = [name for name in options.zip or ZIPS if (options.folder / f"{name}.zip").exists()]
    if missing := sorted(set(options.zip or ZIPS) - set(there)):
        print(f"skipped: {len(missing)} zips that were not made: {missing[0]}{', ...' if len(missing) > 1 else ''}")
    all_readers = readers.Readers(options.ours)
    found = options.folder / "found"
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir()
    memory = Path("/dev/shm")
    total = [0] * (len(COLUMNS) - 1)
    print(*COLUMNS, sep="\t", flush=True)
    with open(options.folder / "found.tsv", "w", encoding="utf-8") as log:
        for name in there:
            path = options.folder / f"{name}.zip"
            with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
                places, results = judge(path, options.every, Path(folder), all_readers)
                missed = [one for one in results if len(one.refused) >= ENOUGH and one.ours.accepts]
                changed = [one for one in results if one.ours.accepts and one.changed]
                otherwise = [one for one in results if one.ours.accepts and one.told_otherwise and not one.changed]
                for kind, ones in {"accepted, refused by others": missed, "content changed": changed,
                                   "told otherwise": otherwise}.items():
                    for one in ones:
                        keep(found, places, one, kind, log)
            counts = [len(results), sum(len(one.refused) >= ENOUGH for one in results), len(missed), len(changed),
                      len(otherwise)]
            total = [before + count for before, count in zip(total, counts)]
            print(name, *counts, sep="\t", flush=True)
            log.flush()
    print("all", *total, sep="\t")
    flipped, refused, missed, changed, _ = total
    if not refused:
        sys.exit("no zip to flip bits in, or nobody to refuse it")
    share = 100 * missed / refused
    print(f"{flipped} flips, {refused} refused by at least {ENOUGH} of six readers, of which we accept {missed}"
          f" ({share:.3f} %); accepted though the content changed: {changed}")
    return 0 if share < 0.1 and changed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
