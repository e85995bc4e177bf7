package io.meshlog.cli.admin;

import io.meshlog.cli.Terminal;
import io.meshlog.schemas.v1.RaiseFeatureLevelRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code meshlog admin raise-feature-level}. */
@Command(
        name = "raise-feature-level",
        header = "Let the fleet use what a newer release brought",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog admin raise-feature-level 2",
            "",
            "The last step of an upgrade: every projector and mesh-api must run a release that knows the level, for",
            "those that do not will stop. There is no way back. `meshlog status` tells the level.",
            "Exit codes: 0 ok, 1 error or refused by the fleet, 2 usage, 4 timeout, 5 denied."
        })
public final class RaiseFeatureLevelCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    Order order = new Order();

    @Parameters(paramLabel = "LEVEL", description = "The level to raise it to.")
    int level;

    public RaiseFeatureLevelCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RaiseFeatureLevelRequest request =
                RaiseFeatureLevelRequest.newBuilder().setLevel(level).build();
        return order.send(terminal, "feature level " + level, stub -> stub.raiseFeatureLevel(request));
    }
}
