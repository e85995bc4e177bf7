package io.meshlog.publisher;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import io.meshlog.events.model.Value;
import io.meshlog.events.proto.ResourceProtos;
import io.meshlog.publisher.grpc.GatewayChannels;
import io.meshlog.publisher.grpc.GrpcLink;
import io.meshlog.publisher.outbox.Backoff;
import io.meshlog.publisher.outbox.Leadership;
import io.meshlog.publisher.outbox.Outbox;
import io.meshlog.publisher.outbox.Stamps;
import io.meshlog.publisher.source.Source;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Publishes one cluster to its fleet: the source's objects, by the export's rules, in a session with a gateway.
 *
 * <p>Three kinds of threads: the source's own, gRPC's, and one named "publisher-" and the cluster, on which all decisions
 * are made. All methods may be called from any thread.
 */
public final class Publisher implements AutoCloseable {
    /** A resource within an event: its tag and length. */
    private static final int FIELD_BYTES = 8;

    private final Source source;
    private final PublisherLoop loop;

    /** A publisher of the source that is configured. */
    public Publisher(PublisherConfig config) {
        this(config, SourceConnection.open(config.source(), config.export()));
    }

    private Publisher(PublisherConfig config, SourceConnection connection) {
        this(config, connection.source(), connection.leadership());
    }

    /**
     * A publisher of any source.
     *
     * @param source not yet started; closed with the publisher
     * @param leadership asked whether this publisher speaks for its cluster
     */
    public Publisher(PublisherConfig config, Source source, Leadership leadership) {
        this.source = source;
        String cluster = config.export().cluster();
        this.loop = new PublisherLoop(config.export(), leadership);
        GrpcLink link = new GrpcLink(
                config.gateways(),
                GatewayChannels.overTcp(config.security(), cluster),
                new GrpcLink.Writer(cluster, config.writer(), version()),
                loop);
        Backoff backoff =
                new Backoff(config.reconnect().initial(), config.reconnect().max(), new SplittableRandom());
        loop.drive(
                new Outbox(link, leadership, backoff, new SystemStamps(), value -> sizeOf(cluster, value), loop.log()));
    }

    /** Begins, and returns at once. Once only. */
    public void start() {
        loop.start();
        source.start(loop);
    }

    /** As of the last thing that happened. */
    public PublisherStatus status() {
        return loop.status();
    }

    /** Ends it. What is declared stays in the fleet; another publisher of the cluster goes on from it. */
    @Override
    public void close() {
        source.close();
        loop.close();
    }

    private static int sizeOf(String cluster, Value value) {
        return FIELD_BYTES + ResourceProtos.toProto(cluster, value).getSerializedSize();
    }

    private static String version() {
        String version = Publisher.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private static final class SystemStamps implements Stamps {
        private final NoArgGenerator eventIds = Generators.timeBasedEpochRandomGenerator();
        private final InstantSource clock = InstantSource.system();

        @Override
        public UUID incarnation() {
            return UUID.randomUUID();
        }

        @Override
        public UUID eventId() {
            return eventIds.generate();
        }

        @Override
        public long observedAtMicros() {
            return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        }
    }
}
