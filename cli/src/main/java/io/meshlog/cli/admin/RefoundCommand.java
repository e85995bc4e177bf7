package io.meshlog.cli.admin;

import io.meshlog.cli.Terminal;
import io.meshlog.schemas.v1.RefoundRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshlog admin refound}. */
@Command(
        name = "refound",
        header = "Give the fleet's log a new id, so that every reader begins anew",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog admin refound --reason \"acknowledged events were lost with two brokers on 3 May\"",
            "",
            "For when acknowledged events were lost and readers may hold what the log no longer has. Nothing else",
            "changes: resources, revisions and members stay. Every replica is built anew and every watch resyncs.",
            "Exit codes: 0 ok, 1 error or refused by the fleet, 2 usage, 4 timeout, 5 denied."
        })
public final class RefoundCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    Order order = new Order();

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why, for the record.")
    String reason = "";

    public RefoundCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RefoundRequest request = RefoundRequest.newBuilder().setReason(reason).build();
        return order.send(terminal, "the log is refounded", stub -> stub.refound(request));
    }
}
