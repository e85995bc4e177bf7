package io.meshlog.meshapi.watch;

import io.meshlog.events.fold.Entry;
import io.meshlog.events.model.Node;
import io.meshlog.events.model.ResourceKey;
import io.meshlog.meshapi.feed.ScriptedFleet;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Changes as text: {@code upsert|key|revision|zone}, {@code removal|key|revision}, {@code deselected|key|revision}. */
final class TextEncoder implements ChangeEncoder {
    @Override
    public byte[] upsert(Entry entry) {
        return text("upsert|%s|%d|%s"
                .formatted(entry.key(), entry.modRevision(), labels(entry).getOrDefault("zone", "")));
    }

    @Override
    public byte[] removal(ResourceKey key, long revision, boolean deselected) {
        return text("%s|%s|%d".formatted(deselected ? "deselected" : "removal", key, revision));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Map<String, String> labels(Entry entry) {
        return entry.value() != null
                        && ScriptedFleet.ENCODING.decode(entry.value()).resource() instanceof Node node
                ? node.labels()
                : Map.of();
    }
}
