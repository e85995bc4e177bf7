package io.meshlog.cli.admin;

import picocli.CommandLine.Command;

/** {@code meshlog admin}: the group of what a fleet's operators decide. */
@Command(
        name = "admin",
        header = "Admit clusters to the fleet and expel them",
        synopsisSubcommandLabel = "(admit | expel)",
        footerHeading = "%nExamples:%n",
        footer = {
            "  meshlog admin admit eastus --id 1 --pod-cidr 10.1.0.0/16 --node-cidr 172.16.1.0/24",
            "  meshlog admin expel eastus --reason decommissioned"
        })
public final class AdminCommand {}
