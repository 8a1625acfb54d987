"""Prints what the zips of a folder hold, as JSON: records by module, the first label, and whether index and files agree."""

import csv
import io
import json
import pathlib
import sys
import zipfile

records, labels, ids = {}, set(), []
index, files = {}, {}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            folder, _, name = entry.filename.partition("/")
            if folder == "Attachments":
                files[name.split("_")[0]] = entry.file_size
            if folder != "Data":
                continue
            text = io.TextIOWrapper(archive.open(entry), "utf-8-sig", newline="")
            header, *rows = csv.reader(text)
            labels.add(header[0])
            assert all(len(row) == len(header) for row in rows), entry.filename
            module = name.rsplit("_", 1)[0]
            if module == "Attachments":
                index = {row[0].removeprefix("zcrm_"): row for row in rows}
            else:
                records[module] = records.get(module, 0) + len(rows)
                ids += (row[0].removeprefix("zcrm_") for row in rows)

known = set(ids)
links = [row for row in index.values() if row[7]]
sizes = {id: int(row[2]) for id, row in index.items() if not row[7]}
print(json.dumps({
    "records": records,
    "labels": sorted(labels),
    "links": len(links),
    "attachments": len(files),
    "index_agrees": sizes == files,
    "ids_differ": len(ids) == len(known),
    "parents_exist": all(row[3].removeprefix("zcrm_") in known for row in index.values()),
}))
