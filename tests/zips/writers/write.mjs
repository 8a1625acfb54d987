// Zips by the packages of npm: node write.mjs SOURCES OUT SUFFIX [MODE]

import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import AdmZip from "adm-zip";
import { ZipArchive } from "archiver";
import { downloadZip } from "client-zip";
import * as fflate from "fflate";
import JSZip from "jszip";
import yazl from "yazl";
import * as zipjs from "@zip.js/zip.js";

const [sources, out, suffix, only] = process.argv.slice(2);
const WHEN = new Date(2026, 0, 2, 3, 4, 5);
const files = fs.readdirSync(sources, { recursive: true }).sort().map((name) => {
  const full = path.join(sources, name);
  const folder = fs.statSync(full).isDirectory();
  return { name: folder ? `${name}/` : name, full, folder, data: folder ? Buffer.alloc(0) : fs.readFileSync(full) };
});

function byArchiver(options, add) {
  return async (target) => {
    const archive = new ZipArchive(options);
    const written = pipeline(archive, fs.createWriteStream(target));
    for (const file of files) {
      if (file.folder) {
        archive.append("", { name: file.name, date: WHEN, type: "directory" });
      } else {
        add(archive, file);
      }
    }
    await Promise.all([archive.finalize(), written]);
  };
}
const archiverStream = (archive, file) => archive.append(fs.createReadStream(file.full), { name: file.name, date: WHEN });
const archiverFile = (archive, file) => archive.file(file.full, { name: file.name, date: WHEN });
const archiverBuffer = (archive, file) => archive.append(file.data, { name: file.name, date: WHEN });

function byYazl(options, add) {
  return async (target) => {
    const archive = new yazl.ZipFile();
    for (const file of files) {
      if (file.folder) {
        archive.addEmptyDirectory(file.name, { mtime: WHEN });
      } else {
        add(archive, file, { mtime: WHEN, ...options });
      }
    }
    archive.end({ forceZip64Format: options.forceZip64Format });
    await pipeline(archive.outputStream, fs.createWriteStream(target));
  };
}
const yazlStream = (archive, file, options) => archive.addReadStream(fs.createReadStream(file.full), file.name, options);
const yazlFile = (archive, file, options) => archive.addFile(file.full, file.name, options);
const yazlBuffer = (archive, file, { forceZip64Format, ...options }) =>
  archive.addBuffer(file.data, file.name, forceZip64Format ? { forceZip64Format, ...options } : options);

function byZipJs(options) {
  return async (target) => {
    const blob = new zipjs.BlobWriter();
    const writer = new zipjs.ZipWriter(blob, { useWebWorkers: false, lastModDate: WHEN, ...options });
    for (const file of files) {
      await writer.add(file.name, file.folder ? undefined : new zipjs.Uint8ArrayReader(file.data), { directory: file.folder });
    }
    await writer.close();
    fs.writeFileSync(target, Buffer.from(await (await blob.getData()).arrayBuffer()));
  };
}

function byJsZip(options) {
  return async (target) => {
    const archive = new JSZip();
    for (const file of files) {
      archive.file(file.name, file.data, { dir: file.folder, date: WHEN });
    }
    await pipeline(archive.generateNodeStream(options), fs.createWriteStream(target));
  };
}

function byAdmZip() {
  return (target) => {
    const archive = new AdmZip();
    for (const file of files) {
      archive.addFile(file.name, file.data);
    }
    archive.writeZip(target);
  };
}

function byFflate(level) {
  return (target) => {
    const entries = Object.fromEntries(files.map((file) => [file.name, file.data]));
    fs.writeFileSync(target, fflate.zipSync(entries, { level, mtime: WHEN }));
  };
}

function byFflateStream(Part) {
  return async (target) => {
    const steps = [];
    const archive = new fflate.Zip((error, step) => (error ? Promise.reject(error) : steps.push(step)));
    for (const file of files) {
      const part = new Part(file.name);
      part.mtime = WHEN;
      archive.add(part);
      part.push(file.data, true);
    }
    archive.end();
    fs.writeFileSync(target, Buffer.concat(steps));
  };
}

function byClientZip() {
  return async (target) => {
    const inputs = files.map((file) => ({ name: file.name, input: file.folder ? undefined : file.data, lastModified: WHEN }));
    await pipeline(Readable.fromWeb(downloadZip(inputs).body), fs.createWriteStream(target));
  };
}

const modes = {
  "archiver-localtime": byArchiver({ forceLocalTime: true, comment: "Größe" }, archiverFile),
  "zipjs-deflated": byZipJs({}),
  "zipjs-stored": byZipJs({ level: 0 }),
  "zipjs-zip64": byZipJs({ zip64: true }),
  "zipjs-stored-zip64": byZipJs({ level: 0, zip64: true }),
  "zipjs-nodescriptor": byZipJs({ dataDescriptor: false, extendedTimestamp: false }),
  "zipjs-descriptor-unsigned": byZipJs({ dataDescriptor: true, dataDescriptorSignature: false }),
  "zipjs-descriptor-unsigned-stored": byZipJs({ level: 0, dataDescriptor: true, dataDescriptorSignature: false }),
  "zipjs-ntfs": byZipJs({ creationDate: WHEN, lastAccessDate: WHEN }),
  "jszip-deflated": byJsZip({ compression: "DEFLATE", streamFiles: false }),
  "jszip-stored": byJsZip({ compression: "STORE", streamFiles: false }),
  "jszip-stream-deflated": byJsZip({ compression: "DEFLATE", streamFiles: true }),
  "jszip-stream-stored": byJsZip({ compression: "STORE", streamFiles: true }),
  "jszip-unix": byJsZip({ compression: "DEFLATE", platform: "UNIX", comment: "of all modules" }),
  "admzip": byAdmZip(),
  "fflate-deflated": byFflate(6),
  "fflate-stored": byFflate(0),
  "fflate-stream-deflated": byFflateStream(fflate.ZipDeflate),
  "fflate-stream-stored": byFflateStream(fflate.ZipPassThrough),
  "clientzip": byClientZip(),
};
for (const [form, options] of Object.entries({
  "deflated": { compress: true }, "stored": { compress: false },
  "deflated-zip64": { compress: true, forceZip64Format: true },
  "stored-zip64": { compress: false, forceZip64Format: true },
})) {
  modes[`yazl-stream-${form}`] = byYazl(options, yazlStream);
  modes[`yazl-file-${form}`] = byYazl(options, yazlFile);
  modes[`yazl-buffer-${form}`] = byYazl(options, yazlBuffer);
}
for (const [form, options] of Object.entries({
  "deflated": {}, "stored": { store: true }, "deflated-zip64": { forceZip64: true },
  "stored-zip64": { store: true, forceZip64: true },
})) {
  modes[`archiver-stream-${form}`] = byArchiver(options, archiverStream);
  modes[`archiver-file-${form}`] = byArchiver(options, archiverFile);
  modes[`archiver-buffer-${form}`] = byArchiver(options, archiverBuffer);
}
for (const [mode, write] of Object.entries(modes)) {
  if (only === undefined || only === mode) {
    await write(path.join(out, `${mode}${suffix}.zip`));
  }
}
