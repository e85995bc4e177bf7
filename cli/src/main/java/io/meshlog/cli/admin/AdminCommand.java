package io.meshlog.cli.admin;

import picocli.CommandLine.Command;

/** {@code meshlog admin}: the group of what a fleet's operators decide. */
@Command(
        name = "admin",
        header = "Admit and expel clusters; move the fleet; refound its log",
        synopsisSubcommandLabel = "(admit | expel | refound | raise-feature-level | export-checkpoint | restore)",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog admin admit eastus --id 1 --pod-cidr 10.1.0.0/16 --node-cidr 172.16.1.0/24",
            "  meshlog admin expel eastus --reason decommissioned",
            "  meshlog admin export-checkpoint --fleet demo --kafka kafka:9092 --out demo.checkpoint",
            "  meshlog admin restore --from demo.checkpoint --kafka new-kafka:9092"
        })
public final class AdminCommand {}
