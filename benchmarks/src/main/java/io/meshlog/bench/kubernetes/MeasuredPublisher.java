package io.meshlog.bench.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A publisher in a process of its own; how much memory and CPU it takes, as Linux counts them. */
final class MeasuredPublisher implements AutoCloseable {
    /** Linux counts CPU in ticks of that length for everybody. */
    private static final double TICK_SECONDS = 0.01;

    private static final int USER_TICKS = 13;
    private static final int SYSTEM_TICKS = 14;
    private static final double KIB_PER_MIB = 1_024;

    private final Process process;

    /** @param options the JVM's, with blanks between */
    MeasuredPublisher(String options, List<String> arguments, Path log) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(options.split(" ", -1)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.meshlog.cli.Meshlog", "publisher"));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    double residentMib() throws IOException {
        return statusMib("VmRSS:");
    }

    double mostResidentMib() throws IOException {
        return statusMib("VmHWM:");
    }

    private double statusMib(String field) throws IOException {
        return Files.readAllLines(proc("status")).stream()
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB_PER_MIB)
                .findFirst()
                .orElseThrow();
    }

    double cpuSeconds() throws IOException {
        String[] fields = Files.readString(proc("stat")).split(" ", -1);
        return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS])) * TICK_SECONDS;
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
