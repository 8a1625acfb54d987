"""Prints what the zips of a folder hold, as JSON in the form of `inspect --json`, by Python's csv and zipfile."""

import csv
import io
import json
import pathlib
import re
import sys
import zipfile

csv.field_size_limit(1 << 30)
modules, attached = {}, {"files": 0, "bytes": 0}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.zip")):
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            folder, _, name = entry.filename.rpartition("/")
            if folder == "Attachments":
                attached["files"] += 1
                attached["bytes"] += entry.file_size
            if folder != "Data" or entry.is_dir():
                continue
            text = io.TextIOWrapper(archive.open(entry), "utf-8-sig", newline="")
            records = sum(1 for row in csv.reader(text) if row)
            module = re.sub(r"(_\d{3})?\.csv$", "", name)
            known = modules.setdefault(module, {"name": module, "records": 0, "bytes": 0, "files": 0})
            known["records"] += max(records - 1, 0)
            known["bytes"] += entry.file_size
            known["files"] += 1

print(json.dumps({"modules": sorted(modules.values(), key=lambda module: module["name"]), "attachments": attached}))
