package io.meshlog.cli.admin;

import io.meshlog.cli.Terminal;
import io.meshlog.cli.completion.FleetNames;
import io.meshlog.schemas.v1.ExpelRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshlog admin expel}. */
@Command(
        name = "expel",
        header = "Take a cluster and everything it declared out of the fleet",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog admin expel eastus --reason decommissioned",
            "",
            "Exit codes: 0 ok, 1 error or refused by the fleet, 2 usage, 4 timeout, 5 denied."
        })
public final class ExpelCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    Order order = new Order();

    @Parameters(paramLabel = "CLUSTER", completionCandidates = FleetNames.OfClusters.class, description = "Its name.")
    String name = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
    String reason = "";

    public ExpelCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ExpelRequest request =
                ExpelRequest.newBuilder().setCluster(name).setReason(reason).build();
        return order.send(terminal, "cluster " + name + " expelled", stub -> stub.expel(request));
    }
}
