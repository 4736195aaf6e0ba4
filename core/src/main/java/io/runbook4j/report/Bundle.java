package io.runbook4j.report;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Files in a zip, with a manifest of their SHA-256. The files are stored as they are, sorted by
 * name and with the same old time: so the bytes depend on nothing but the files, not on the day,
 * the zone or the version of a compressor, and what is changed in any place can be told.
 */
final class Bundle {
  static final String MANIFEST = "manifest.sha256";

  // Not the first day of 1980: Java takes that for older than a zip can tell, and adds the zone's
  // time.
  private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);
  private static final int MOST_BYTES = 64 << 20;

  private Bundle() {}

  static byte[] zip(Map<String, byte[]> files) {
    Map<String, byte[]> all = new TreeMap<>(files);
    all.put(MANIFEST, manifest(files).getBytes(StandardCharsets.UTF_8));
    return raw(all);
  }

  private static byte[] raw(Map<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(entry(file.getKey(), file.getValue()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory could not be written to", e);
    }
    return bytes.toByteArray();
  }

  private static ZipEntry entry(String name, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(TIME);
    return entry;
  }

  /** As {@code sha256sum} writes it: 64 digits, two blanks, the name. */
  private static String manifest(Map<String, byte[]> files) {
    StringBuilder manifest = new StringBuilder();
    new TreeMap<>(files)
        .forEach((name, content) ->
            manifest.append(sha256(content)).append("  ").append(name).append('\n'));
    return manifest.toString();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be there in every Java, was not", e);
    }
  }

  static List<String> problems(Path file) {
    byte[] bundle = read(file);
    List<String> problems = new ArrayList<>();
    Map<String, byte[]> files = unzip(bundle, problems);
    byte[] manifest = files.remove(MANIFEST);
    if (manifest == null) {
      problems.add("There is no " + MANIFEST + " in it, so that nothing can be checked.");
    } else {
      compare(files, listed(manifest, problems), problems);
      files.put(MANIFEST, manifest);
    }
    if (problems.isEmpty() && !Arrays.equals(raw(files), bundle)) {
      problems.add("The files are as the manifest says, but bytes around them are not as they were"
          + " written: it was changed, or packed anew.");
    }
    return List.copyOf(problems);
  }

  private static byte[] read(Path file) {
    try {
      long size = Files.size(file);
      if (size > MOST_BYTES) {
        throw new IOException(
            "it has " + size + " bytes, more than any bundle (" + MOST_BYTES + ")");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Bundle " + file + " cannot be read: " + e + ". Nothing was checked. Check the name.", e);
    }
  }

  private static Map<String, byte[]> unzip(byte[] bundle, List<String> problems) {
    Map<String, byte[]> files = new TreeMap<>();
    long room = MOST_BYTES; // for what a hostile bundle would swell to
    try (ZipInputStream zip =
        new ZipInputStream(new ByteArrayInputStream(bundle), StandardCharsets.UTF_8)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] content = zip.readNBytes((int) room + 1);
        room -= content.length;
        if (room < 0) {
          problems.add("It holds more than " + MOST_BYTES + " bytes, more than any bundle.");
          break;
        }
        if (files.put(entry.getName(), content) != null) {
          problems.add("It holds " + shown(entry.getName()) + " twice.");
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      problems.add("It is no whole zip: " + shown(String.valueOf(e.getMessage())) + ".");
    }
    return files;
  }

  private static Map<String, String> listed(byte[] manifest, List<String> problems) {
    Map<String, String> listed = new TreeMap<>();
    for (String line : new String(manifest, StandardCharsets.UTF_8).lines().toList()) {
      if (!line.matches("[0-9a-f]{64}  .+")) {
        problems.add("The manifest has a line that is none: " + shown(line) + ".");
      } else if (listed.put(line.substring(66), line.substring(0, 64)) != null) {
        problems.add("The manifest lists " + shown(line.substring(66)) + " twice.");
      }
    }
    return listed;
  }

  private static void compare(
      Map<String, byte[]> files, Map<String, String> listed, List<String> problems) {
    listed.forEach((name, hash) -> {
      byte[] content = files.get(name);
      if (content == null) {
        problems.add("The manifest lists " + shown(name) + ", which is missing.");
      } else if (!sha256(content).equals(hash)) {
        problems.add("The content of " + shown(name) + " is not what the manifest says.");
      }
    });
    files.keySet().stream()
        .filter(name -> !listed.containsKey(name))
        .forEach(name -> problems.add("The manifest does not list " + shown(name) + "."));
  }

  private static String shown(String name) {
    return SafeText.cut(SafeText.inert(name), 200);
  }
}
