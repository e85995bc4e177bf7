package io.meshlog.cli.admin;

import io.meshlog.cli.Terminal;
import io.meshlog.cli.completion.FleetNames;
import io.meshlog.schemas.v1.AdmitRequest;
import io.meshlog.schemas.v1.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshlog admin admit}. */
@Command(
        name = "admit",
        header = "Admit a cluster, or change what it is admitted with",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog admin admit eastus --id 1 --pod-cidr 10.1.0.0/16 --node-cidr 172.16.1.0/24",
            "  meshlog admin admit edge --id 7 --max-resources 5000",
            "",
            "Admitting again replaces everything that was said before.",
            "Exit codes: 0 ok, 1 error or refused by the fleet, 2 usage, 4 timeout, 5 denied."
        })
public final class AdmitCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    Order order = new Order();

    @Parameters(paramLabel = "CLUSTER", completionCandidates = FleetNames.OfClusters.class, description = "Its name.")
    String name = "";

    @Option(names = "--id", paramLabel = "ID", required = true, description = "Its Cilium cluster id, from 1.")
    int id;

    @Option(
            names = "--pod-cidr",
            paramLabel = "CIDR",
            split = ",",
            description = "Where its pods may be; repeat it. Without any: wherever no other cluster is.")
    List<String> podCidrs = new ArrayList<>();

    @Option(names = "--node-cidr", paramLabel = "CIDR", split = ",", description = "The same for its nodes.")
    List<String> nodeCidrs = new ArrayList<>();

    @Option(
            names = "--max-resources",
            paramLabel = "N",
            description = "How many resources it may have. Default: the fleet's.")
    int maxResources;

    public AdmitCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Cluster cluster = Cluster.newBuilder()
                .setName(name)
                .setId(id)
                .addAllPodCidrs(podCidrs)
                .addAllNodeCidrs(nodeCidrs)
                .setMaxResources(maxResources)
                .build();
        AdmitRequest request = AdmitRequest.newBuilder().setCluster(cluster).build();
        return order.send(terminal, "cluster " + name + " admitted", stub -> stub.admit(request));
    }
}
