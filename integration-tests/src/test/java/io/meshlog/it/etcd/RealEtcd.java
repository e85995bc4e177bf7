package io.meshlog.it.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.meshlog.it.golang.GoModule;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real etcd in a process of its own, the oracle. Without Go the test is skipped in words. */
final class RealEtcd implements AutoCloseable {
    /** The first time all of etcd is compiled. */
    private static final Duration BUILD_LIMIT = Duration.ofMinutes(15);

    private static final long END_SECONDS = 30;

    private final Process process;
    private final String address;

    private RealEtcd(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** @param folder where its program and its data go */
    static RealEtcd start(Path folder) throws IOException {
        Path program = folder.resolve("oracle");
        var unused = GoModule.orSkip("")
                .run(BUILD_LIMIT, Map.of(), "build", "-o", program.toString(), "./oracle")
                .orFail();
        Process process = new ProcessBuilder(
                        program.toString(),
                        Files.createTempDirectory(folder, "etcd").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = process.inputReader();
        String address = said.readLine();
        assertThat(address).as("where etcd listens").isNotNull();
        return new RealEtcd(process, address);
    }

    /** {@code host:port}. */
    String address() {
        return address;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
