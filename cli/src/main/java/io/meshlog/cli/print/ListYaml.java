package io.meshlog.cli.print;

import io.meshlog.cli.Terminal;
import io.meshlog.schemas.v1.Resource;

/** The same as {@link ListJson} in YAML. */
final class ListYaml implements ListPrinter {
    private final Terminal terminal;
    private boolean begun;

    ListYaml(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void add(Resource resource) {
        terminal.data(begun ? "" : "items:\n");
        terminal.data("- " + Yaml.of(Json.tree(resource)).indent(2).stripLeading());
        begun = true;
    }

    @Override
    public void end(long revision) {
        terminal.data(begun ? "" : "items: []\n");
        terminal.line("revision: " + revision);
    }
}
