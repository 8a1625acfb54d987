"""What the benchmark measures with: files, certificate, nginx, links, and a child whose costs are counted."""

import collections
import csv
import datetime
import hashlib
import io
import json
import multiprocessing
import os
import random
import re
import select
import shutil
import signal
import socket
import statistics
import subprocess
import time
import zipfile
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
LINK_CLIENT, LINK_SERVER = "bench-client", "bench-server"
LINK_ADDRESS = "10.77.0.2"
MB = 1_000_000
# Of the links, as it is of a set that was saved by them.
EXPIRY = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=7)).isoformat(timespec="seconds")


def which(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


# ---- the files

def table(size):
    """A CSV table such as an export holds; deflate at level 1 makes it about 2.65 times smaller."""
    dice, text = random.Random(1), io.StringIO()
    words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(3, 9))) for _ in range(1000)]
    while text.tell() < size:
        one, two, three, host = dice.choices(words, k=4)
        text.write(f'"zcrm_{10**17 + dice.randint(0, 10**11)}","{one} {two}","{three}@{host}.example",'
                   f'{dice.randint(0, 99999)},"2026-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}"\r\n')
    return text.getvalue().encode()


def stored(path, size):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for at in range(0, size, 8 * MB):
            archive.writestr(f"Attachments/{at // (8 * MB)}_x.bin", os.urandom(min(8 * MB, size - at)))


def deflated(path, size):
    text, part = table(8 * MB), 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        while archive.fp.tell() < size:
            turn = part * 1000 % len(text)
            archive.writestr(f"Data/Leads_{part:03}.csv", text[turn:] + text[:turn])
            part += 1


def exported(path, size):
    """Modules of three languages in parts `_001`, `_002`, of which no two are alike, as Python's csv writes them."""
    languages = [
        ("Leads", "Record Id,Last Name,Email,Annual Revenue,Description,Created Time", "abcdefghijklmnopqrstuvwxyz"),
        ("Opportunità", "ID record,Cognome,E-mail,Entrate annuali,Descrizione,Ora creazione", "abcdefghilmnopqrstuvzàèéìòù"),
        ("取引先", "レコードID,姓,メール,年間売上,詳細情報,作成日時", "あいうえおかきくけこ東京大阪会社山川田中"),
    ]
    modules = [(name, labels, records(letters)) for name, labels, letters in languages]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        part = 0
        while archive.fp.tell() < size:
            name, labels, rows = modules[part % len(modules)]
            turn, mark = part * 997 % len(rows), "\ufeff" if part % 2 else ""
            text = f"{mark}{labels}\r\n".encode() + b"".join(rows[turn:] + rows[:turn // 2])
            part += 1
            archive.writestr(f"Data/{name}_{(part + 2) // len(modules):03}.csv", text)


def records(letters, size=16 * MB):
    """Lines of a table: some fields are quoted, with quotes, commas and ends of lines in them."""
    dice, rows, made = random.Random(2), [], 0
    words = ["".join(dice.choices(letters, k=dice.randint(3, 9))) for _ in range(3000)]
    signs = [" ", " ", " ", " ", ", ", ". ", "\n", "\r\n", ' "', '" ']
    while made < size:
        note = "".join(word + dice.choice(signs) for word in dice.choices(words, k=dice.randint(0, 40)))
        line = io.StringIO()
        csv.writer(line).writerow([f"zcrm_{10**17 + dice.randint(0, 10**11)}", " ".join(dice.choices(words, k=2)),
                                   f"{dice.choice(words)}@example.com", dice.randint(0, 99999), note,
                                   f"2026-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}T10:00:00+02:00"])
        rows.append(line.getvalue().encode())
        made += len(rows[-1])
    return rows


# name: job id, files, bytes of each, who writes them in turn
SETS = {
    "one": ("11", 1, 1000 * MB, [stored]),
    "eight": ("12", 8, 256 * MB, [stored, deflated]),
    "four": ("18", 4, 256 * MB, [stored, deflated]),
    "short one": ("13", 1, 128 * MB, [stored]),
    "short eight": ("14", 8, 16 * MB, [stored, deflated]),
    "small": ("15", 300, 200_000, [stored]),
    "middle": ("16", 8, 64 * MB, [stored, deflated]),
    "tables": ("17", 1, 1000 * MB, [exported]),
    "many": ("19", 45_000, 100, [stored]),
}


def make_set(root, name):
    """Makes a set of zips, once; files of one kind are hard links to each other unless they are small."""
    job, count, size, writers = SETS[name]
    folder = root / "files/v2/crm/1/backup" / job
    if not folder.exists():
        new = folder.with_name(job + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        for write in writers:
            kind = "Attachments" if write is stored else "Data"
            for number in range(1, count // len(writers) + 1):
                path, first = new / f"{kind}_{number:03}.zip", new / f"{kind}_001.zip"
                if number == 1 or size < MB:
                    write(path, size)
                else:
                    os.link(first, path)
        new.rename(folder)
    for path in folder.iterdir():  # into the page cache: the disk of the server is not measured
        with open(path, "rb", buffering=0) as file:
            while file.read(MB):
                pass
    return folder


def make_saved(root, name):
    """The same files as a download would have saved them, with the two lists beside them."""
    files, job = make_set(root, name), SETS[name][0]
    folder = root / "saved" / f"1-{job}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    entries, sums = [], ""
    digests = {}  # by inode
    for path in sorted(files.iterdir()):
        found = path.stat()
        if found.st_ino not in digests:
            with open(path, "rb") as file:
                digests[found.st_ino] = hashlib.file_digest(file, "sha256").hexdigest()
        digest = digests[found.st_ino]
        os.link(path, folder / path.name)
        sums += f"{digest}  {path.name}\n"
        entries.append({"name": path.name, "kind": path.name.split("_")[0].lower(), "url": f"https://localhost/{path.name}",
                        "state": "verified", "size": found.st_size, "sha256": digest})
    date = "2026-11-01T01:00:00Z"
    (folder / "manifest.json").write_text(json.dumps({
        "schema": 1, "tool": "the benchmark", "org": "1", "job": job, "state": "complete", "expiry_date": EXPIRY,
        "started_at": date, "finished_at": date, "files": entries}))
    (folder / "SHA256SUMS").write_text(sums)
    return folder


def count(path, name):
    """How many records there are in a table of a zip."""
    with zipfile.ZipFile(path) as archive, archive.open(name) as table:
        return sum(1 for row in csv.reader(io.TextIOWrapper(table, "utf-8-sig", newline="")) if row) - 1


def count_all(folder):
    """Records of each module in the zips of a set, and the bytes of its tables, by nothing but Python's own libraries."""
    tables = []
    for path in sorted(folder.glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            tables += [(path, info.filename, info.file_size) for info in archive.infolist()]
    counts, size = collections.Counter(), sum(size for _, _, size in tables)
    with multiprocessing.Pool() as pool:
        for (_, name, _), found in zip(tables, pool.starmap(count, [table[:2] for table in tables])):
            counts[re.fullmatch(r"Data/(.+)_\d{3}\.csv", name)[1]] += found
    return dict(counts), size


# ---- the server

def certificate(root):
    """A throwaway CA, and a certificate for both addresses."""
    tls = root / "tls"
    shutil.rmtree(tls, ignore_errors=True)
    tls.mkdir(parents=True)
    (tls / "openssl.cnf").write_text(
        "[req]\ndistinguished_name=name\nprompt=no\n[name]\nCN=backup-fetch benchmark\n"
        "[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n"
        "[server]\nbasicConstraints=critical,CA:FALSE\nauthorityKeyIdentifier=keyid\n"
        f"subjectAltName=IP:127.0.0.1,IP:{LINK_ADDRESS}\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", "openssl.cnf"]
    for command in (
        ["req", "-x509", *key, "-extensions", "ca", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem"],
        ["req", "-new", *key, "-keyout", "server.key", "-out", "server.csr"],
        ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
         "-extfile", "openssl.cnf", "-extensions", "server", "-out", "server.pem"],
    ):
        subprocess.run(["openssl", *command], cwd=tls, check=True, capture_output=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """nginx over TLS, in the foreground and ours; `limit` is the rate of a request, `namespace` where it runs."""

    def __init__(self, root, limit=None, namespace=None):
        self.root, self.namespace = root, namespace
        self.address, self.port = (LINK_ADDRESS if namespace else "127.0.0.1"), free_port()
        self.home = root / "nginx"
        self.log = self.home / "access.log"
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        temporary = " ".join(f"{kind}_temp_path {self.home}/{kind};"
                             for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.home / "nginx.conf").write_text(f"""
            worker_processes 2; daemon off; pid {self.home}/pid; {"user root;" if os.geteuid() == 0 else ""}
            events {{ worker_connections 1024; }}
            http {{
                log_format bytes "$body_bytes_sent $status $uri"; access_log {self.log} bytes; {temporary}
                sendfile on; tcp_nopush on; keepalive_requests 100000; default_type application/octet-stream;
                {f"limit_rate {limit};" if limit else ""}
                server {{
                    listen {self.address}:{self.port} ssl; root {root}/files; autoindex on;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    ssl_certificate {root}/tls/server.pem; ssl_certificate_key {root}/tls/server.key;
                    location = /crm/bulk/v8/backup/urls {{ default_type application/json; alias {root}/urls.json; }}
                }}
            }}""")
        command = [which("nginx"), "-p", str(self.home), "-e", f"{self.home}/error.log", "-c", f"{self.home}/nginx.conf"]
        self.process = subprocess.Popen(inside(namespace, command))
        for _ in range(100):
            if (self.home / "pid").exists():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit(f"nginx does not start: see {self.home}/error.log")

    def base(self):
        return f"https://{self.address}:{self.port}"

    def offer(self, folder):
        """Makes the files of a folder the backup that the list of links names, and returns the links."""
        links = [f"{self.base()}/v2/crm/1/backup/{folder.name}/{path.name}" for path in sorted(folder.iterdir())]
        (self.root / "urls.json").write_text(json.dumps({"urls": {
            "data_links": [link for link in links if "/Data_" in link],
            "attachment_links": [link for link in links if "/Attachments_" in link],
            "expiry_date": EXPIRY}}))
        return links

    def served(self):
        """Bytes of zips handed to the network; the log must rest, for a broken connection counts once nginx has seen it."""
        size = -1
        while size != self.log.stat().st_size:
            size = self.log.stat().st_size
            time.sleep(1.5)
        lines = (line.split() for line in self.log.read_text().splitlines())
        return sum(int(sent) for sent, _, uri in lines if uri.endswith(".zip"))

    def stop(self):
        self.process.terminate()
        self.process.wait()


# ---- the link

class Store:
    """s3s-fs on a port of its own: S3 over a folder, with signatures checked."""

    KEY, SECRET, BUCKET = "AKIABENCH0000000000", "secret-of-the-benchmark", "backups"

    def __init__(self, root):
        self.folder, self.port = root / "store", free_port()
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / self.BUCKET).mkdir(parents=True)
        log = open(root / "store.log", "ab")
        self.child = subprocess.Popen(
            ["s3s-fs", "--access-key", self.KEY, "--secret-key", self.SECRET, "--host", "127.0.0.1",
             "--port", str(self.port), str(self.folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit(f"s3s-fs does not start: see {root}/store.log")

    def env(self):
        """For ours, for rclone's remote `s3:`, and for aws."""
        endpoint = f"http://127.0.0.1:{self.port}"
        return {"AWS_ACCESS_KEY_ID": self.KEY, "AWS_SECRET_ACCESS_KEY": self.SECRET, "AWS_REGION": "us-east-1",
                "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": endpoint, "RCLONE_CONFIG_S3_TYPE": "s3",
                "RCLONE_CONFIG_S3_PROVIDER": "Other", "RCLONE_CONFIG_S3_ENV_AUTH": "true",
                "RCLONE_CONFIG_S3_ENDPOINT": endpoint, "RCLONE_CONFIG_S3_REGION": "us-east-1",
                "RCLONE_CONFIG_S3_FORCE_PATH_STYLE": "true"}

    def cpu(self):
        """Seconds that it has run so far."""
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def empty(self):
        shutil.rmtree(self.folder / self.BUCKET)
        (self.folder / self.BUCKET).mkdir()

    def size(self):
        return sum(path.stat().st_size for path in (self.folder / self.BUCKET).rglob("*.zip"))

    def stop(self):
        self.child.kill()
        self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def congestion_control():
    """What namespaces take over from the machine, and may not choose freely."""
    return Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()


def inside(namespace, command):
    return ["ip", "netns", "exec", namespace, *command] if namespace else command


class Link:
    """Two network namespaces, and between them the emulator of `link/`."""

    def __init__(self, mbit, round_trip, loss):
        for namespace in (LINK_CLIENT, LINK_SERVER):
            subprocess.run(["ip", "netns", "del", namespace], stderr=subprocess.DEVNULL)
            subprocess.run(["ip", "netns", "add", namespace], check=True)
        program = REPO / "target/bench-link/release/link"
        self.process = subprocess.Popen([program, LINK_CLIENT, LINK_SERVER, str(mbit), str(round_trip), str(loss)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "up\n":
            self.stop()
            raise SystemExit("the link does not come up")

    def stop(self):
        said, _ = self.process.communicate()
        for namespace in (LINK_CLIENT, LINK_SERVER):
            subprocess.run(["ip", "netns", "del", namespace], stderr=subprocess.DEVNULL)
        return said.strip()


# ---- the child

class Cost:
    """`line`: CPU without that of the threads that only verify."""

    def __init__(self, wall, cpu, peak, line):
        self.wall, self.cpu, self.peak, self.line = wall, cpu, peak, line

    def __add__(self, other):
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak), self.line + other.line)


def median(costs):
    return Cost(*(statistics.median(getattr(cost, what) for cost in costs) for what in ("wall", "cpu", "peak", "line")))


def of_proc(pid, file, key):
    """A number out of /proc; 0 once the child is gone."""
    try:
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(key):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


def verifying(pid, seen):
    """Notes in `seen` how many seconds each thread of the name `verify` has run so far."""
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            if thread.name in seen or (thread / "comm").read_text() == "verify\n":
                seen[thread.name] = int((thread / "schedstat").read_text().split()[0]) / 1e9
    except OSError:
        pass


def measure(command, env, folder, patience, kill_at=None, errors=None):
    """Runs a command and returns its exit code and cost; None for the code when it was killed.

    `kill_at` is the number of written bytes after which that happens; `errors` is where its words go, if not in `folder`.
    What threads have run is known to 20 ms. The peak of memory is the kernel's own figure. That one never falls below what
    this script needs, which forked the child: below it, it is what /proc said last.
    """
    floor, seen, ended, verified = of_proc("self", "status", "VmHWM:"), 0, False, {}
    with open(errors or folder / "stderr", "ab") as errors:
        start = time.monotonic()
        child = subprocess.Popen(command, env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=errors)
    handle, waiter = os.pidfd_open(child.pid), select.poll()
    waiter.register(handle, select.POLLIN)
    while not waiter.poll(20):
        seen = max(seen, of_proc(child.pid, "status", "VmHWM:"))
        verifying(child.pid, verified)
        late = time.monotonic() - start > patience
        if late or (kill_at and of_proc(child.pid, "io", "wchar:") > kill_at):
            ended = True
            child.send_signal(signal.SIGKILL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    os.close(handle)
    peak = usage.ru_maxrss if usage.ru_maxrss > floor else seen
    cpu = usage.ru_utime + usage.ru_stime
    return (None if ended else child.returncode), Cost(wall, cpu, peak / 1024, cpu - sum(verified.values()))
