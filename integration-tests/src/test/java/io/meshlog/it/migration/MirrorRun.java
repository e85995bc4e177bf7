package io.meshlog.it.migration;

import io.meshlog.cli.Meshlog;
import io.meshlog.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A {@code meshlog mirror} as somebody would type it, on a thread of its own. */
final class MirrorRun {
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final Terminal terminal =
            new Terminal(text, text, Map.of(), Path.of("").toAbsolutePath(), false, false);
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();

    MirrorRun(Path from, Path to, String... more) {
        List<String> arguments = Stream.concat(
                        Stream.of("mirror", "--from", from.toString(), "--to-etcd", to.toString()), Stream.of(more))
                .toList();
        Thread.ofPlatform()
                .name("mirror")
                .daemon()
                .start(() -> ended.complete(Meshlog.run(terminal, arguments.toArray(String[]::new))));
    }

    /** As Ctrl-C. */
    void stop() {
        terminal.stopSignal().stop();
    }

    int exitCode() throws Exception {
        return ended.get(60, TimeUnit.SECONDS);
    }

    String text() {
        return text.toString(StandardCharsets.UTF_8);
    }
}
