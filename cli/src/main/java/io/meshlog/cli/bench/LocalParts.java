package io.meshlog.cli.bench;

import io.meshlog.cli.up.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The processes of a fleet that {@code meshlog up} runs on this machine, and this one. */
final class LocalParts {
    /** This process: what the publishing and the watching themselves cost. */
    static final String SELF = "bench";

    private static final double NANOS = 1e9;
    private static final double KIB_PER_MIB = 1_024;

    private final Map<String, ProcessHandle> processes = new LinkedHashMap<>();

    /** @param folder the data folder of the fleet; where nothing runs, only this process is known */
    LocalParts(Path folder) {
        processes.putAll(Processes.running(folder));
        processes.put(SELF, ProcessHandle.current());
    }

    /**
     * What a part has used.
     *
     * @param cpuSeconds since its start
     * @param rssMib resident memory; 0 where the system does not tell
     */
    record Usage(double cpuSeconds, double rssMib) {
        /** What was used between an earlier one and this. */
        Usage since(Usage earlier) {
            return new Usage(cpuSeconds - earlier.cpuSeconds, rssMib);
        }
    }

    Map<String, Usage> usage() {
        Map<String, Usage> usage = new LinkedHashMap<>();
        processes.forEach((name, process) -> usage.put(
                name,
                new Usage(
                        process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / NANOS,
                        rssMib(process.pid()))));
        return usage;
    }

    /** What each part used since an earlier look. */
    Map<String, Usage> usageSince(Map<String, Usage> earlier) {
        Map<String, Usage> usage = usage();
        usage.replaceAll((name, now) -> now.since(earlier.getOrDefault(name, now)));
        return usage;
    }

    private static double rssMib(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElse(0)
                    / KIB_PER_MIB;
        } catch (IOException none) {
            // another system, or the process has just ended
            return 0;
        }
    }
}
