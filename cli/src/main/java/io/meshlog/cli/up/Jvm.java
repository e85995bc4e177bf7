package io.meshlog.cli.up;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command of a part that runs on Java, on the same one as this process. Heaps are small and the collector is the one
 * with the least of its own: a fleet of {@code up} is to fit beside an IDE.
 */
final class Jvm {
    private static final int WARNS_OF_UNSAFE = 24;

    private Jvm() {}

    /**
     * @param heapMb the largest heap
     * @param options of the JVM, in addition
     * @param program what comes after the options: class path, main class, arguments
     */
    static List<String> command(int heapMb, List<String> options, List<String> program) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx%dm".formatted(heapMb));
        command.addAll(List.of(
                "-Xms16m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:ReservedCodeCacheSize=64m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED"));
        if (Runtime.version().feature() >= WARNS_OF_UNSAFE) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(options);
        command.addAll(program);
        return command;
    }
}
