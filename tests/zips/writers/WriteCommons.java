// Zips by Apache commons-compress: java WriteCommons SOURCES OUT SUFFIX [MODE]
// To a file, in which it seeks back to fill in the sizes, and to a stream, in which it can't.

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream.UnicodeExtraFieldPolicy;

class WriteCommons {
    interface Adjust {
        void zip(ZipArchiveOutputStream zip) throws IOException;
    }

    public static void main(String[] args) throws Exception {
        Path sources = Path.of(args[0]);
        List<Path> paths;
        try (var walk = Files.walk(sources)) {
            paths = walk.filter(path -> !path.equals(sources)).sorted().collect(Collectors.toList());
        }
        Map<String, Adjust> forms = new LinkedHashMap<>();
        forms.put("", zip -> { });
        forms.put("-zip64", zip -> zip.setUseZip64(Zip64Mode.Always));
        forms.put("-zip64compat", zip -> zip.setUseZip64(Zip64Mode.AlwaysWithCompatibility));
        forms.put("-zip64never", zip -> zip.setUseZip64(Zip64Mode.Never));
        forms.put("-unicodefields", zip -> {
            zip.setEncoding("IBM437");
            zip.setFallbackToUTF8(true);
            zip.setCreateUnicodeExtraFields(UnicodeExtraFieldPolicy.ALWAYS);
        });
        for (boolean streamed : new boolean[] {false, true}) {
            for (int method : new int[] {ZipEntry.DEFLATED, ZipEntry.STORED}) {
                for (var form : forms.entrySet()) {
                    String mode = "commons-" + (streamed ? "stream" : "file")
                        + (method == ZipEntry.STORED ? "-stored" : "-deflated") + form.getKey();
                    if (args.length > 3 && !mode.equals(args[3])) {
                        continue;
                    }
                    Path target = Path.of(args[1], mode + args[2] + ".zip");
                    try (var zip = streamed
                            ? new ZipArchiveOutputStream(Files.newOutputStream(target))
                            : new ZipArchiveOutputStream(target.toFile())) {
                        form.getValue().zip(zip);
                        for (Path path : paths) {
                            add(zip, sources, path, method);
                        }
                    }
                }
            }
        }
    }

    static void add(ZipArchiveOutputStream zip, Path sources, Path path, int method) throws IOException {
        boolean folder = Files.isDirectory(path);
        byte[] data = folder ? new byte[0] : Files.readAllBytes(path);
        var entry = new ZipArchiveEntry(sources.relativize(path) + (folder ? "/" : ""));
        if (method == ZipEntry.STORED || folder) {
            CRC32 crc = new CRC32();
            crc.update(data);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(data.length);
            entry.setCrc(crc.getValue());
        } else {
            entry.setMethod(method);
        }
        zip.putArchiveEntry(entry);
        zip.write(data);
        zip.closeArchiveEntry();
    }
}
