package io.meshlog.cli.client;

import io.meshlog.cli.CliException;
import io.meshlog.cli.Endpoints;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server a client command asks, and for how long. What is said on the command line goes before what is not. */
public final class ServerOptions {
    /** The variable that names a server for every command. */
    public static final String SERVER_VARIABLE = "MESHLOG_SERVER";

    /** Where {@code up} keeps its state unless told otherwise. */
    public static final String DEFAULT_DATA = ".meshlog";

    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            description = "The server to ask. Else $MESHLOG_SERVER, else what runs in the folder of --data.")
    @Nullable
    String server;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder of a running `meshlog up`. Default: " + DEFAULT_DATA)
    @Nullable
    Path data;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "How long to wait for an answer, as 500ms, 30s or 2m. Past it the exit code is 4.",
            converter = DurationConverter.class)
    @Nullable
    Duration timeout;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Whom the server's certificate is signed by, in PEM. Else $MESHLOG_TLS_CA. With the next two:"
                    + " an encrypted connection; without any of them: plaintext.")
    @Nullable
    Path tlsCa;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Your certificate. Else $MESHLOG_TLS_CERT.")
    @Nullable
    Path tlsCert;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, PKCS 8. Else $MESHLOG_TLS_KEY.")
    @Nullable
    Path tlsKey;

    /** The time to wait, if any was given. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /** Finds the server; what it finds may change when {@code up} starts again. */
    public ServerAddress address(Terminal terminal) {
        return plainAddress(terminal).with(tls(terminal));
    }

    private @Nullable ClientTls tls(Terminal terminal) {
        Path ca = file(tlsCa, "MESHLOG_TLS_CA", terminal);
        Path cert = file(tlsCert, "MESHLOG_TLS_CERT", terminal);
        Path key = file(tlsKey, "MESHLOG_TLS_KEY", terminal);
        if (ca == null && cert == null && key == null) {
            return null;
        }
        if (ca == null || cert == null || key == null) {
            throw new CliException(
                    ExitCode.USAGE,
                    "%s is missing: an encrypted connection needs --tls-ca, --tls-cert and --tls-key"
                            .formatted(ca == null ? "--tls-ca" : cert == null ? "--tls-cert" : "--tls-key"));
        }
        return new ClientTls(ca, cert, key);
    }

    private static @Nullable Path file(@Nullable Path given, String variable, Terminal terminal) {
        String said = terminal.environment(variable);
        Path file = given != null ? given : said.isEmpty() ? null : Path.of(said);
        return file == null ? null : terminal.resolve(file);
    }

    private ServerAddress plainAddress(Terminal terminal) {
        if (server != null) {
            return ServerAddress.parse(server, "--server");
        }
        String variable = terminal.environment(SERVER_VARIABLE);
        if (data == null && !variable.isEmpty()) {
            return ServerAddress.parse(variable, "$" + SERVER_VARIABLE);
        }
        Path folder = dataFolder();
        Endpoints endpoints = Endpoints.read(terminal.resolve(folder)).orElseThrow(() -> noServer(folder));
        if (!endpoints.alive()) {
            throw new CliException(
                    ExitCode.ERROR,
                    "%s is left over from process %d, which has ended".formatted(Endpoints.in(folder), endpoints.pid()),
                    "Start it again:  meshlog up --data " + folder,
                    "Or name another server:  --server HOST:PORT");
        }
        return ServerAddress.parse(endpoints.grpc(), Endpoints.in(folder).toString())
                .ofUp();
    }

    /** Where a running {@code up} would keep its state, whichever way the server was named. */
    public Path dataFolder() {
        return data == null ? Path.of(DEFAULT_DATA) : data;
    }

    private static CliException noServer(Path folder) {
        return new CliException(
                ExitCode.ERROR,
                "no server to ask: there is no " + Endpoints.in(folder),
                "Start a fleet on this machine:  meshlog up",
                "Or name a server:  --server HOST:PORT  or  export MESHLOG_SERVER=HOST:PORT",
                "Or name the data folder of a running `meshlog up`:  --data DIR");
    }

    /** The options again, as they were given, for a command to be typed next. */
    public List<String> asArguments() {
        List<String> arguments = new ArrayList<>();
        add(arguments, "--server", server);
        add(arguments, "--data", server == null ? data : null);
        add(arguments, "--tls-ca", tlsCa);
        add(arguments, "--tls-cert", tlsCert);
        add(arguments, "--tls-key", tlsKey);
        return arguments;
    }

    private static void add(List<String> arguments, String name, @Nullable Object value) {
        if (value != null) {
            arguments.add(name);
            arguments.add(value.toString());
        }
    }
}
