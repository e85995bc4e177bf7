package io.meshlog.publisher.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A link that remembers what it was asked to do. */
final class FakeLink implements Link {
    final List<OutboxEvent> sent = new ArrayList<>();
    final List<UUID> opened = new ArrayList<>();
    boolean ready = true;
    long connection;

    @Nullable
    String disconnected;

    @Override
    public void connect(long number) {
        connection = number;
        disconnected = null;
        sent.clear();
    }

    @Override
    public void open(UUID incarnation) {
        opened.add(incarnation);
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void send(OutboxEvent event) {
        sent.add(event);
    }

    @Override
    public void disconnect(String reason) {
        disconnected = reason;
    }

    UUID incarnation() {
        return opened.getLast();
    }
}
