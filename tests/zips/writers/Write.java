// Zips by the JDK: java Write SOURCES OUT SUFFIX [MODE]
// ZipOutputStream in all its modes, JarOutputStream, the zip file system.

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

class Write {
    static Path sources;
    static List<Path> paths;

    interface Make {
        void to(Path target) throws Exception;
    }

    interface Add {
        void entry(ZipOutputStream zip, ZipEntry entry, byte[] data) throws IOException;
    }

    public static void main(String[] args) throws Exception {
        sources = Path.of(args[0]);
        try (var walk = Files.walk(sources)) {
            paths = walk.filter(path -> !path.equals(sources)).sorted().collect(Collectors.toList());
        }
        Map<String, Make> modes = new java.util.LinkedHashMap<>();
        modes.put("jdk-deflated", target -> stream(target, (zip, entry, data) -> put(zip, entry, data)));
        modes.put("jdk-level0", target -> stream(target, (zip, entry, data) -> {
            zip.setLevel(Deflater.NO_COMPRESSION);
            put(zip, entry, data);
        }));
        modes.put("jdk-level9", target -> stream(target, (zip, entry, data) -> {
            zip.setLevel(Deflater.BEST_COMPRESSION);
            put(zip, entry, data);
        }));
        modes.put("jdk-stored", target -> stream(target, (zip, entry, data) -> put(zip, stored(entry, data), data)));
        modes.put("jdk-mixed", target -> stream(target, (zip, entry, data) ->
            put(zip, entry.getName().endsWith("csv") ? entry : stored(entry, data), data)));
        modes.put("jdk-size-told", target -> stream(target, (zip, entry, data) -> {
            entry.setSize(data.length);
            put(zip, entry, data);
        }));
        modes.put("jdk-all-told", target -> stream(target, (zip, entry, data) -> {
            entry.setSize(data.length);
            entry.setCompressedSize(deflatedLength(data));
            entry.setCrc(crc(data));
            put(zip, entry, data);
        }));
        modes.put("jdk-times-comments", target -> stream(target, (zip, entry, data) -> {
            entry.setCreationTime(java.nio.file.attribute.FileTime.fromMillis(1_700_000_000_000L));
            entry.setLastAccessTime(java.nio.file.attribute.FileTime.fromMillis(1_700_000_001_000L));
            entry.setLastModifiedTime(java.nio.file.attribute.FileTime.fromMillis(1_700_000_002_000L));
            entry.setComment("Gr\u00f6\u00dfe");
            zip.setComment("of all modules");
            put(zip, entry, data);
        }));
        modes.put("jdk-flushed", target -> {
            try (var zip = new ZipOutputStream(Files.newOutputStream(target), StandardCharsets.UTF_8)) {
                each((name, data) -> {
                    zip.putNextEntry(new ZipEntry(name));
                    for (int at = 0; at < data.length; at += 1000) {
                        zip.write(data, at, Math.min(1000, data.length - at));
                        zip.flush();
                    }
                    zip.closeEntry();
                });
            }
        });
        // Names that the charset can't write would stop it: only those it can.
        for (String charset : List.of("IBM437", "windows-1252", "windows-31j")) {
            modes.put("jdk-charset-" + charset, target -> {
                try (var zip = new ZipOutputStream(Files.newOutputStream(target), Charset.forName(charset))) {
                    each((name, data) -> {
                        if (Charset.forName(charset).newEncoder().canEncode(name)) {
                            put(zip, new ZipEntry(name), data);
                        }
                    });
                }
            });
        }
        modes.put("jdk-jar", target -> {
            try (var zip = new JarOutputStream(Files.newOutputStream(target))) {
                each((name, data) -> put(zip, new ZipEntry(name), data));
            }
        });
        // Entry by entry from another zip, as programs do that filter one.
        modes.put("jdk-copied", target -> {
            Path first = target.resolveSibling("jdk-copied.tmp");
            stream(first, (zip, entry, data) -> put(zip, entry, data));
            try (var from = new ZipFile(first.toFile());
                    var zip = new ZipOutputStream(Files.newOutputStream(target))) {
                for (ZipEntry entry : Collections.list(from.entries())) {
                    put(zip, new ZipEntry(entry), from.getInputStream(entry).readAllBytes());
                }
            }
            Files.delete(first);
        });
        modes.put("jdk-zipfs-deflated", target -> fileSystem(target, Map.of("create", "true")));
        modes.put("jdk-zipfs-stored", target ->
            fileSystem(target, Map.of("create", "true", "compressionMethod", "STORED")));
        modes.put("jdk-zipfs-zip64", target ->
            fileSystem(target, Map.of("create", "true", "forceZIP64End", "true")));
        modes.put("jdk-zipfs-posix", target ->
            fileSystem(target, Map.of("create", "true", "enablePosixFileAttributes", "true")));
        modes.put("jdk-zipfs-updated", target -> {
            stream(target, (zip, entry, data) -> put(zip, entry, data));
            try (FileSystem system = FileSystems.newFileSystem(URI.create("jar:" + target.toUri()), Map.of())) {
                Files.writeString(system.getPath("Later.csv"), "1,2,3\n");
            }
        });

        for (var mode : modes.entrySet()) {
            if (args.length < 4 || mode.getKey().equals(args[3])) {
                mode.getValue().to(Path.of(args[1], mode.getKey() + args[2] + ".zip"));
            }
        }
    }

    interface Take {
        void entry(String name, byte[] data) throws IOException;
    }

    static void each(Take take) throws IOException {
        for (Path path : paths) {
            boolean folder = Files.isDirectory(path);
            take.entry(sources.relativize(path) + (folder ? "/" : ""), folder ? new byte[0] : Files.readAllBytes(path));
        }
    }

    static void stream(Path target, Add add) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(target))) {
            each((name, data) -> add.entry(zip, new ZipEntry(name), data));
        }
    }

    static void put(ZipOutputStream zip, ZipEntry entry, byte[] data) throws IOException {
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
    }

    static ZipEntry stored(ZipEntry entry, byte[] data) {
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(data.length);
        entry.setCrc(crc(data));
        return entry;
    }

    static long crc(byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return crc.getValue();
    }

    static long deflatedLength(byte[] data) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(packed, new Deflater(Deflater.DEFAULT_COMPRESSION, true))) {
            out.write(data);
        }
        return packed.size();
    }

    static void fileSystem(Path target, Map<String, String> options) throws IOException {
        Files.deleteIfExists(target);
        try (FileSystem system = FileSystems.newFileSystem(URI.create("jar:" + target.toUri()), options)) {
            for (Path path : paths) {
                Path inside = system.getPath(sources.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(inside);
                } else {
                    Files.copy(path, inside, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
