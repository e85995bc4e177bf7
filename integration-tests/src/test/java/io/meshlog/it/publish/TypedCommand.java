package io.meshlog.it.publish;

import io.meshlog.cli.Meshlog;
import io.meshlog.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A {@code meshlog} command as somebody types it, run in this process.
 *
 * @param code the exit code
 */
public record TypedCommand(int code, String out, String err) {
    /**
     * Runs it against a server on loopback.
     *
     * @param folder it is run in
     */
    public static TypedCommand run(Path folder, int port, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--server", "127.0.0.1:" + port));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(out, err, Map.of(), folder, false, false);
        int code = Meshlog.run(terminal, all.toArray(String[]::new));
        return new TypedCommand(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
