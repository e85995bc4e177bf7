package io.meshlog.cli.print;

import io.meshlog.cli.Terminal;
import io.meshlog.cli.kind.KindView;
import io.meshlog.cli.kind.ResourceKind;
import io.meshlog.cli.kind.Row;
import io.meshlog.schemas.v1.Resource;
import org.jspecify.annotations.Nullable;

/** A table of one kind. Without a resource it prints nothing, not even its header. */
public final class ListTable implements ListPrinter {
    private final Terminal terminal;
    private final boolean wide;
    private final KindView view;
    private final String heading;
    private @Nullable Table table;

    /**
     * @param wide whether all columns are shown and nothing is shortened
     * @param heading what stands above the table, or empty
     */
    public ListTable(Terminal terminal, boolean wide, ResourceKind kind, String heading) {
        this.terminal = terminal;
        this.wide = wide;
        this.view = kind.view();
        this.heading = heading;
    }

    @Override
    public void add(Resource resource) {
        Row row = new Row(wide);
        view.describe(resource, row);
        row.wide("CREATED", resource.getCreateRevision()).wide("VERSION", resource.getVersion());
        if (table == null) {
            terminal.data(heading);
            table = new Table(terminal, row.headers());
        }
        table.add(row.cells());
    }

    @Override
    public void end(long revision) {
        if (table != null) {
            table.end();
        }
    }
}
