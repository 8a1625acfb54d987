// Reads every entry of each zip named on standard input with java.util.zip.ZipFile, and prints for each: verdict, SHA-256
// of names and contents, message, between tabs.

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.zip.ZipFile;

class Read {
    public static void main(String[] args) throws Exception {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        byte[] step = new byte[1 << 16];
        for (String path; (path = input.readLine()) != null;) {
            String line;
            try (var zip = new ZipFile(path)) {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                for (var entry : Collections.list(zip.entries())) {
                    digest.update(entry.getName().getBytes(StandardCharsets.UTF_8));
                    long length = 0;
                    try (InputStream data = zip.getInputStream(entry)) {
                        for (int read; (read = data.read(step)) >= 0; length += read) {
                            digest.update(step, 0, read);
                        }
                    }
                    digest.update(ByteBuffer.allocate(9).put((byte) 0).putLong(length).array());
                }
                StringBuilder hex = new StringBuilder();
                for (byte b : digest.digest()) {
                    hex.append(String.format("%02x", b));
                }
                line = "ok\t" + hex + "\t";
            } catch (Exception | Error error) {
                line = "bad\t\t" + error.toString().replaceAll("[\\p{Cntrl}]", " ");
            }
            System.out.println(line);
        }
    }
}
