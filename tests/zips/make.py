#!/usr/bin/env python3
"""Makes zips by the writers that people use, each in all its forms: streamed and seeking, deflated, stored, with the
fields of zip64, without entries; with names that are not ASCII, folders and an empty file in each of the others.

Without --all only by those that come with Rust, Python, Info-ZIP, 7-Zip and libarchive. A writer that is not there is
said as `skipped: ...`; with --install Debian's packages, those of PyPI and of npm are fetched first. A zip is called
MODE.zip, and MODE-empty.zip where it has no entries.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WRITERS = HERE / "writers"
BUILT = ROOT / "target" / "zips"

JARS = Path("/usr/share/java")
# Debian's package -> the command or file that says it is there, by whomever it was installed.
DEBIAN = {"zip": "zip", "p7zip-full": "7z", "libarchive-tools": "bsdtar", "unzip": "unzip", "git": "git", "perl": "perl",
          "minizip": "minizip", "ziptool": "ziptool", "default-jdk-headless": "javac", "golang-go": "go",
          "libcommons-compress-java": JARS / "commons-compress.jar", "libzip4j-java": JARS / "zip4j.jar",
          "php-cli": "php", "php-zip": "/usr/share/doc/php-zip", "ruby": "ruby", "ruby-zip": "/usr/share/doc/ruby-zip",
          "nodejs": "node", "npm": "npm"}
PYPI = ["stream-zip==0.0.84", "zipstream-ng==1.9.3", "zipfly==6.0.5", "pyzipper==0.4.0"]
NPM = ["archiver@8.0.0", "yazl@3.3.1", "@zip.js/zip.js@2.24.0", "jszip@3.10.2", "adm-zip@0.6.1", "fflate@0.8.3",
       "client-zip@2.5.1"]

GIT = ('git init -q --bare "$T.git" && git --git-dir "$T.git" --work-tree . -c core.safecrlf=false add .'
       ' && git --git-dir "$T.git"')

# Mode -> what a shell does in the folder of the sources; $T is the zip to be made. Left out: `zip -fz` to a pipe, which
# writes an end that no reader finds, and `7z -mx=0 -so`, which 7-Zip does not have.
TOOLS = {
    "zip": {
        "infozip-file": 'zip -qr "$T" .',
        "infozip-file-stored": 'zip -qr0 "$T" .',
        "infozip-file-zip64": 'zip -qr -fz "$T" .',
        "infozip-pipe": 'zip -qr - . | cat >"$T"',
        "infozip-pipe-stored": 'zip -qr0 - . | cat >"$T"',
        "infozip-pipe-32bit": 'zip -qr -fz- - . | cat >"$T"',
        "infozip-pipe-descriptors": 'zip -qr -fd "$T" .',
        "infozip-filter": 'cat Accounts.csv | zip -q | cat >"$T"',
        "infozip-filter-file": 'cat Accounts.csv | zip -q "$T" -',
        "infozip-plain": 'zip -qrXD "$T" .',
        "infozip-utf8": 'zip -qr -UN=UTF8 "$T" .',
        "infozip-escaped": 'zip -qr -UN=escape "$T" .',
        "infozip-grown": 'zip -q "$T" Accounts.csv && zip -qrg "$T" .',
        "infozip-deleted": 'zip -qr "$T" . && zip -qd "$T" Empty.csv',
        "infozip-comment": 'zip -qr "$T" . && echo of all modules | zip -qz "$T"',
        "infozip-split-in-one": 'zip -qr -s 16m "$T" .',
    },
    "7z": {
        "7z-file": '7z a -tzip -bso0 -bsp0 "$T" .',
        "7z-file-stored": '7z a -tzip -mx=0 -bso0 -bsp0 "$T" .',
        "7z-file-best": '7z a -tzip -mx=9 -bso0 -bsp0 "$T" .',
        "7z-file-timeless": '7z a -tzip -mtc=off -mtm=off -bso0 -bsp0 "$T" .',
        "7z-file-utf8": '7z a -tzip -mcu=on -bso0 -bsp0 "$T" .',
        "7z-filter": 'cat Accounts.csv | 7z a -tzip -siAccounts.csv -bso0 -bsp0 "$T"',
        "7z-filter-stored": 'cat Accounts.csv | 7z a -tzip -mx=0 -siAccounts.csv -bso0 -bsp0 "$T"',
        "7z-pipe": '7z a -tzip -so name . | cat >"$T"',
        "7z-deleted": '7z a -tzip -bso0 -bsp0 "$T" . && 7z d -bso0 -bsp0 "$T" Empty.csv',
        "7z-renamed": '7z a -tzip -bso0 -bsp0 "$T" . && 7z rn -bso0 -bsp0 "$T" Empty.csv Other.csv',
    },
    "bsdtar": {
        "bsdtar-file": 'bsdtar -cf "$T" --format zip -- *',
        "bsdtar-file-stored": 'bsdtar -cf "$T" --format zip --options zip:compression=store -- *',
        "bsdtar-file-zip64": 'bsdtar -cf "$T" --format zip --options zip:zip64 -- *',
        "bsdtar-file-stored-zip64": 'bsdtar -cf "$T" --format zip --options zip:compression=store,zip:zip64 -- *',
        "bsdtar-file-experimental": 'bsdtar -cf "$T" --format zip --options zip:experimental -- *',
        "bsdtar-pipe": 'bsdtar -cf - --format zip -- * | cat >"$T"',
        "bsdtar-pipe-stored": 'bsdtar -cf - --format zip --options zip:compression=store -- * | cat >"$T"',
        "bsdtar-pipe-zip64": 'bsdtar -cf - --format zip --options zip:zip64 -- * | cat >"$T"',
        "bsdtar-converted": 'zip -qr - . | bsdtar -cf "$T" --format zip @-',
    },
    "git": {
        "git-archive": f'{GIT} archive --format zip "$(git --git-dir "$T.git" write-tree)" >"$T" && rm -r "$T.git"',
        "git-archive-stored": f'{GIT} archive --format zip -0 "$(git --git-dir "$T.git" write-tree)" >"$T"'
                              ' && rm -r "$T.git"',
    },
    "minizip": {
        "minizip": 'minizip -o "$T" $(find . -name "[A-Z]*.csv") >"$T.log" && rm "$T.log"',
        "minizip-stored": 'minizip -o -0 "$T" $(find . -name "[A-Z]*.csv") >"$T.log" && rm "$T.log"',
    },
    "ziptool": {
        "libzip": 'ziptool -n -- "$T" add_file Accounts.csv Accounts.csv 0 -1 add_dir Notes set_archive_comment modules',
        "libzip-stored": 'ziptool -n -- "$T" add_file Accounts.csv Accounts.csv 0 -1 set_file_compression 0 store 0',
    },
    "jar": {
        "jar": 'jar -cf "$T" .',
        "jar-stored": 'jar -cf0 "$T" .',
    },
}

# The same of nothing, as far as a writer makes a zip of it.
EMPTY_TOOLS = {
    "zip": {"infozip-deleted": 'echo | zip -q "$T" - && zip -qd "$T" - 2>/dev/null'},
    "7z": {"7z-file": '7z a -tzip -bso0 -bsp0 "$T" .', "7z-pipe": '7z a -tzip -so name . | cat >"$T"'},
    "bsdtar": {
        "bsdtar-file": 'bsdtar -cf "$T" --format zip -T /dev/null',
        "bsdtar-pipe": 'bsdtar -cf - --format zip -T /dev/null | cat >"$T"',
    },
    "jar": {"jar": 'jar -cMf "$T" -C . .'},
}
QUICK_TOOLS = ("zip", "7z", "bsdtar")

# What is made with more entries than 16 bits can count, too.
MANY = ["python-file-deflated", "python-pipe-stored", "zipstreamng-deflated", "streamzip-stored-zip64", "jdk-deflated",
        "jdk-zipfs-stored", "commons-stream-deflated", "commons-file-stored", "zip4j-stream-deflated", "go-deflated",
        "archiver-file-stored", "yazl-buffer-stored", "clientzip", "php-stored", "ruby-stream-stored",
        "zip-crate-stream-deflated", "async-zip-stream-deflated", "rawzip-deflated"]
MANY_TOOLS = ["infozip-file", "infozip-pipe", "7z-file", "7z-pipe", "bsdtar-pipe", "jar"]


def say_skipped(what, missing):
    if os.environ.get("REQUIRE_TOOLS") == "1":
        sys.exit(f"{what}: no {missing}")
    print(f"skipped: {what} (no {missing})", flush=True)


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], **options, check=False)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode}: {' '.join(map(str, command))}")


def install():
    missing = [package for package, sign in DEBIAN.items() if not shutil.which(sign) and not Path(sign).exists()]
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        run("apt-get", "install", "-y", "-q", "--no-install-recommends", *missing,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdout=subprocess.DEVNULL)
    run(sys.executable, "-m", "pip", "install", "-q", "--upgrade", "--target", BUILT / "pypi", *PYPI,
        env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"})
    if shutil.which("npm"):
        run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", BUILT / "npm", *NPM)


def writers(everything):
    """What to put before SOURCES OUT SUFFIX, for each writer that is there."""
    run("cargo", "build", "--quiet", "--locked", "--manifest-path", WRITERS / "rust" / "Cargo.toml",
        "--target-dir", BUILT / "rust")
    yield [BUILT / "rust" / "debug" / "backup-fetch-zip-writers"]
    yield [sys.executable, WRITERS / "write.py"]
    if not everything:
        return
    if (BUILT / "pypi").is_dir():
        yield ["env", f"PYTHONPATH={BUILT / 'pypi'}", sys.executable, WRITERS / "write_pypi.py"]
    else:
        say_skipped("the writers of PyPI", "--install")
    yield from java_writers()
    if (BUILT / "npm" / "node_modules").is_dir() and shutil.which("node"):
        # A module finds its packages from where it lies.
        shutil.copy(WRITERS / "write.mjs", BUILT / "npm")
        yield ["node", BUILT / "npm" / "write.mjs"]
    else:
        say_skipped("the writers of npm", "--install or no node")
    if shutil.which("go"):
        run("go", "build", "-o", BUILT / "write-go", WRITERS / "write.go")
        yield [BUILT / "write-go"]
    else:
        say_skipped("Go", "go")
    yield from script_writers()


def java_writers():
    if not shutil.which("javac"):
        say_skipped("Java", "javac")
        return
    for source, jar in {"Write": "", "WriteCommons": "commons-compress.jar", "WriteZip4j": "zip4j.jar"}.items():
        path = f"{BUILT / 'java'}:{JARS / jar}"
        if not (JARS / jar).exists():
            say_skipped(source, jar)
            continue
        run("javac", "-d", BUILT / "java", "-cp", path, WRITERS / f"{source}.java")
        yield ["java", "-XX:TieredStopAtLevel=1", "-cp", path, source]


def script_writers():
    for tool, script, test in [("php", "write.php", ["-r", "exit(class_exists('ZipArchive') ? 0 : 1);"]),
                               ("ruby", "write.rb", ["-e", "require 'zip'"]),
                               ("perl", "write.pl", ["-e", "use IO::Compress::Zip"])]:
        if shutil.which(tool) and subprocess.run([tool, *test], capture_output=True, check=False).returncode == 0:
            yield [tool, WRITERS / script]
        else:
            say_skipped(script, f"{tool} with its library for zips")


def sources(folder, small):
    """A backup in small. With `small` no more than what a flip of every bit around the data can bear."""
    dice = random.Random(11)
    rows = 2 if small else 5000
    files = {
        "Accounts.csv": "".join(f"{row},Account {row % 97},{dice.random()},,,\n" for row in range(rows)).encode(),
        "Empty.csv": b"",
        "Attachments/logo.png": dice.randbytes(20 if small else 30_000),
        "Attachments/Größe.txt": b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    }
    if not small:
        files |= {
            "Contacts.csv": b"Id,Name\n1,\"M\xc3\xbcller, Eva\"\n",
            "Attachments/日本語 議事録.csv": b"1,2\n" * 700,
            "Attachments/deep/er/still/Notes.csv": b"x\n",
        }
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "Notes").mkdir(exist_ok=True)


def many(folder):
    for number in range(66_000):
        path = folder / f"{number // 1000:02}" / f"{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%d\n" % number)


def by_tools(tools, modes, source, out, suffix):
    for tool in tools:
        if not shutil.which(tool):
            say_skipped(tool, tool)
            continue
        for mode, command in modes.get(tool, {}).items():
            target = out / f"{mode}{suffix}.zip"
            target.unlink(missing_ok=True)
            run("bash", "-o", "pipefail", "-e", "-c", command, cwd=source,
                env={**os.environ, "T": str(target), "LC_ALL": "C.UTF-8"})


def make(out, everything, small, with_many):
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.zip"):
        old.unlink()
    work = out.with_name(out.name + ".sources")
    shutil.rmtree(work, ignore_errors=True)
    (work / "empty").mkdir(parents=True)
    sources(work / "full", small)
    tools = TOOLS if everything else QUICK_TOOLS
    by_tools(tools, TOOLS, work / "full", out, "")
    by_tools(tools, EMPTY_TOOLS, work / "empty", out, "-empty")
    if with_many:
        many(work / "many")
        chosen = {tool: {mode: line for mode, line in modes.items() if mode in MANY_TOOLS}
                  for tool, modes in TOOLS.items()}
        by_tools(tools, chosen, work / "many", out, "-many")
    for writer in writers(everything):
        run(*writer, work / "full", out, "")
        run(*writer, work / "empty", out, "-empty")
        for mode in MANY if with_many else []:
            if (out / f"{mode}.zip").exists() and not (out / f"{mode}-many.zip").exists():
                run(*writer, work / "many", out, "-many", mode)
    shutil.rmtree(work)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="the folder to make them in")
    parser.add_argument("--all", action="store_true", help="by every writer that is there")
    parser.add_argument("--install", action="store_true", help="fetch the writers first")
    parser.add_argument("--small", action="store_true", help="with a few bytes in each entry")
    parser.add_argument("--many", action="store_true", help="some with 66,000 entries, too")
    options = parser.parse_args()
    BUILT.mkdir(parents=True, exist_ok=True)
    if options.install:
        install()
    make(options.out.absolute(), options.all, options.small, options.many)
    print(f"{len(list(options.out.glob('*.zip')))} zips in {options.out}")


if __name__ == "__main__":
    main()
