package io.meshlog.cli.print;

import com.google.gson.JsonObject;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.kind.ResourceKind;
import io.meshlog.cli.kind.ResourceName;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.Removal;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.WatchResponse;

/**
 * Prints a watch as it comes. Programs get the API's own messages, one by one, a batch as its changes: {@code
 * {"upsert":{...}}}, {@code {"removal":{...}}}, {@code {"synced":{...}}}, {@code {"bookmark":{...}}}, {@code
 * {"resync":{...}}}. People get a line per change.
 */
public final class WatchPrinter {
    private static final String LINE = "%-9s  %-10s  %-13s  %-44s  %s";

    private final Terminal terminal;
    private final OutputFormat format;
    private boolean begun;

    public WatchPrinter(Terminal terminal, OutputFormat format) {
        this.terminal = terminal;
        this.format = format;
    }

    /**
     * @param inSnapshot whether it is part of the state the watch begins with
     */
    public void change(Change change, boolean inSnapshot) {
        switch (format) {
            case TABLE, WIDE -> line(change, inSnapshot);
            case NAME -> terminal.line(SafeText.of(key(change)));
            case JSON, YAML, JSONL -> message(Json.tree(change));
        }
    }

    /** Synced, Bookmark and Resync: people are told on standard error instead. */
    public void mark(WatchResponse response) {
        switch (format) {
            case JSON, YAML, JSONL -> message(Json.tree(response));
            case TABLE, WIDE, NAME -> {}
        }
    }

    private void message(JsonObject tree) {
        switch (format) {
            case JSON -> terminal.line(Json.pretty(tree));
            case YAML -> terminal.data("---\n" + Yaml.of(tree));
            default -> terminal.line(Json.compact(tree));
        }
        terminal.flush();
    }

    private void line(Change change, boolean inSnapshot) {
        if (!begun) {
            begun = true;
            String header = LINE.formatted("REVISION", "OP", "KIND", "KEY", "SUMMARY");
            terminal.line(Style.BOLD.of(header, terminal.colour()));
        }
        if (change.hasRemoval()) {
            Removal removal = change.getRemoval();
            String operation = removal.getDeselected() ? "deselected" : "removed";
            line(removal.getRevision(), operation, Style.RED, removal.getKey(), "");
        } else {
            Resource resource = change.getUpsert();
            ResourceKind kind = ResourceKind.of(resource);
            String summary = kind == null ? "" : kind.view().summary(resource);
            boolean added = resource.getVersion() == 1;
            String operation = inSnapshot ? "exists" : added ? "added" : "changed";
            Style style = added ? Style.GREEN : Style.YELLOW;
            line(resource.getRevision(), operation, style, resource.getKey(), summary);
        }
    }

    private void line(long revision, String operation, Style style, String key, String summary) {
        String kind = ResourceName.ofKey(key).kind();
        String safeKey = SafeText.of(key);
        String line = LINE.formatted(revision, operation, SafeText.of(kind), safeKey, SafeText.of(summary))
                .stripTrailing();
        boolean colour = terminal.colour() && !operation.equals("exists");
        terminal.line(colour ? line.replaceFirst(operation, style.of(operation, true)) : line);
    }

    private static String key(Change change) {
        return change.hasRemoval()
                ? change.getRemoval().getKey()
                : change.getUpsert().getKey();
    }
}
