// Zips by zip4j: java WriteZip4j SOURCES OUT SUFFIX [MODE]

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import net.lingala.zip4j.ZipFile;
import net.lingala.zip4j.io.outputstream.ZipOutputStream;
import net.lingala.zip4j.model.ZipParameters;
import net.lingala.zip4j.model.enums.CompressionMethod;

class WriteZip4j {
    public static void main(String[] args) throws Exception {
        Path sources = Path.of(args[0]);
        List<Path> paths;
        try (var walk = Files.walk(sources)) {
            paths = walk.filter(path -> !path.equals(sources)).sorted().collect(Collectors.toList());
        }
        for (boolean streamed : new boolean[] {false, true}) {
            for (CompressionMethod method : List.of(CompressionMethod.DEFLATE, CompressionMethod.STORE)) {
                // Without the extended header there is neither a descriptor nor, when streamed, a size before the data.
                for (boolean extended : new boolean[] {true, false}) {
                    String mode = "zip4j-" + (streamed ? "stream" : "file")
                        + (method == CompressionMethod.STORE ? "-stored" : "-deflated") + (extended ? "" : "-plain");
                    if (args.length > 3 && !mode.equals(args[3])) {
                        continue;
                    }
                    Path target = Path.of(args[1], mode + args[2] + ".zip");
                    Files.deleteIfExists(target);
                    var parameters = new ZipParameters();
                    parameters.setCompressionMethod(method);
                    parameters.setWriteExtendedLocalFileHeader(extended);
                    if (streamed) {
                        stream(sources, paths, target, parameters);
                    } else if (!paths.isEmpty()) {
                        file(sources, paths, target, parameters);
                    }
                }
            }
        }
        String split = "zip4j-split-in-one";
        if (!paths.isEmpty() && (args.length < 4 || split.equals(args[3]))) {
            Path target = Path.of(args[1], split + args[2] + ".zip");
            Files.deleteIfExists(target);
            new ZipFile(target.toFile())
                .createSplitZipFileFromFolder(sources.toFile(), new ZipParameters(), true, 1 << 24);
        }
    }

    static void file(Path sources, List<Path> paths, Path target, ZipParameters parameters) throws Exception {
        try (ZipFile zip = new ZipFile(target.toFile())) {
            for (Path path : paths) {
                var mine = new ZipParameters(parameters);
                mine.setFileNameInZip(sources.relativize(path) + (Files.isDirectory(path) ? "/" : ""));
                if (Files.isDirectory(path)) {
                    zip.addStream(new java.io.ByteArrayInputStream(new byte[0]), mine);
                } else {
                    zip.addFile(path.toFile(), mine);
                }
            }
        }
    }

    static void stream(Path sources, List<Path> paths, Path target, ZipParameters parameters) throws Exception {
        try (var zip = new ZipOutputStream(Files.newOutputStream(target))) {
            for (Path path : paths) {
                boolean folder = Files.isDirectory(path);
                byte[] data = folder ? new byte[0] : Files.readAllBytes(path);
                var mine = new ZipParameters(parameters);
                mine.setFileNameInZip(sources.relativize(path) + (folder ? "/" : ""));
                if (folder || mine.getCompressionMethod() == CompressionMethod.STORE) {
                    mine.setCompressionMethod(CompressionMethod.STORE);
                    mine.setEntrySize(data.length);
                }
                zip.putNextEntry(mine);
                if (!folder) {
                    zip.write(data);
                }
                zip.closeEntry();
            }
        }
    }
}
