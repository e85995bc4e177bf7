package io.meshlog.meshapi;

import io.meshlog.events.log.EventLogReader;
import io.meshlog.events.log.KafkaConnection;
import io.meshlog.events.log.ProjectorGroup;
import io.meshlog.events.log.Topics;
import io.meshlog.meshapi.replica.Component;
import io.meshlog.meshapi.replica.ProjectorWatch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether the rest of the control plane is there, so that status can say so without waiting for anyone.
 * {@link #look} is for one thread and may block for some seconds; {@link #components} for any.
 */
final class Surroundings implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Surroundings.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final String KAFKA = "kafka";
    private static final String REGISTRY = "schema registry";
    private static final int SERVER_ERROR = 500;
    private static final String NOT_LOOKED = "not looked at yet";

    private final KafkaConnection connection;
    private final Topics topics;
    private final URI registry;
    private final ProjectorWatch projector;
    private final LongSupplier nowMs;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private @Nullable EventLogReader events;
    private @Nullable ProjectorGroup projectors;
    private volatile Component kafka = Component.wrong(KAFKA, NOT_LOOKED);
    private volatile Component schemas = Component.wrong(REGISTRY, NOT_LOOKED);

    Surroundings(
            KafkaConnection connection, Topics topics, URI registry, ProjectorWatch projector, LongSupplier nowMs) {
        this.connection = connection;
        this.topics = topics;
        this.registry = registry;
        this.projector = projector;
        this.nowMs = nowMs;
    }

    List<Component> components() {
        return List.of(kafka, projector.component(), schemas);
    }

    void look() {
        lookAtKafka();
        lookAtRegistry();
    }

    private void lookAtKafka() {
        try {
            EventLogReader reader = events == null ? new EventLogReader(connection, topics) : events;
            events = reader;
            ProjectorGroup group = projectors == null ? new ProjectorGroup(connection, topics) : projectors;
            projectors = group;
            projector.onLooked(reader.end(TIMEOUT), group.members(TIMEOUT), nowMs.getAsLong());
            kafka = Component.ok(KAFKA);
        } catch (KafkaException away) {
            LOG.debug("kafka does not answer", away);
            kafka = Component.wrong(KAFKA, "does not answer: " + away.getMessage());
            projector.onNoAnswer();
            closeClients();
        }
    }

    private void lookAtRegistry() {
        URI subjects = URI.create(registry.toString().replaceAll("/+$", "") + "/subjects");
        HttpRequest request = HttpRequest.newBuilder(subjects).timeout(TIMEOUT).build();
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            schemas = status < SERVER_ERROR
                    ? Component.ok(REGISTRY)
                    : Component.wrong(REGISTRY, "answers %d; nothing of the fleet waits for it".formatted(status));
        } catch (IOException away) {
            schemas = Component.wrong(REGISTRY, "does not answer; nothing of the fleet waits for it");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeClients() {
        if (events != null) {
            events.close();
            events = null;
        }
        if (projectors != null) {
            projectors.close();
            projectors = null;
        }
    }

    @Override
    public void close() {
        closeClients();
        http.close();
    }
}
