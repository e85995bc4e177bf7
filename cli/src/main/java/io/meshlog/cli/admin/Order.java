package io.meshlog.cli.admin;

import com.google.gson.JsonObject;
import io.grpc.StatusRuntimeException;
import io.meshlog.cli.CliException;
import io.meshlog.cli.ExitCode;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.client.ServerFailure;
import io.meshlog.cli.client.ServerOptions;
import io.meshlog.cli.print.Json;
import io.meshlog.cli.print.OutputFormat;
import io.meshlog.cli.print.SafeText;
import io.meshlog.cli.print.Yaml;
import io.meshlog.schemas.v1.AdminGrpc.AdminBlockingStub;
import io.meshlog.schemas.v1.CommandResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all commands of operators have in common: where they go, and how the fleet's answer is shown. */
final class Order {
    /** An answer has no name, and no columns. */
    static final class Formats implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(OutputFormat.TABLE, OutputFormat.JSON, OutputFormat.YAML, OutputFormat.JSONL)
                    .map(OutputFormat::toString)
                    .iterator();
        }
    }

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    @Mixin
    ServerOptions server = new ServerOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            completionCandidates = Formats.class,
            description = "table (the default: a sentence), json, yaml or jsonl.")
    OutputFormat format = OutputFormat.TABLE;

    /**
     * Sends it and prints the answer.
     *
     * @param done the sentence's beginning, for example {@code cluster eastus admitted}
     */
    int send(Terminal terminal, String done, Function<AdminBlockingStub, CommandResponse> request) {
        if (format == OutputFormat.NAME) {
            throw new CliException(ExitCode.USAGE, "an answer has no name: -o is table, json, yaml or jsonl");
        }
        ServerAddress address = server.address(terminal);
        try (MeshConnection connection = MeshConnection.open(address)) {
            Duration limit = server.timeout().orElse(DEFAULT_TIMEOUT);
            print(terminal, done, request.apply(connection.admin(Optional.of(limit))));
        } catch (StatusRuntimeException e) {
            throw ServerFailure.of(e, address);
        }
        return ExitCode.OK;
    }

    private void print(Terminal terminal, String done, CommandResponse response) {
        JsonObject tree = Json.wholeTree(response);
        switch (format) {
            case JSON -> terminal.line(Json.pretty(tree));
            case JSONL -> terminal.line(Json.compact(tree));
            case YAML -> terminal.data(Yaml.of(tree));
            default -> {
                String outcome = response.getChanged() ? "at revision" : "already, nothing changed; revision";
                terminal.line("%s %s %d".formatted(SafeText.of(done), outcome, response.getRevision()));
            }
        }
        terminal.flush();
    }
}
