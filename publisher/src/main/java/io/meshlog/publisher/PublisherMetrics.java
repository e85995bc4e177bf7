package io.meshlog.publisher;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * How publishers are doing, in Prometheus' terms, read when it is asked for. Names and labels are those of Cilium's
 * clustermesh-apiserver where the meaning is the same, under this program's own prefix. Safe on any thread.
 */
public final class PublisherMetrics {
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final Supplier<List<PublisherStatus>> publishers;

    public PublisherMetrics(Supplier<List<PublisherStatus>> publishers) {
        this.publishers = publishers;
        JvmMetrics.builder().register(registry);
        gauge(
                "leader_election_master_status",
                "1 while this process speaks for the cluster",
                status -> truth(status.leading()));
        gauge("initial_sync_completed", "1 once all objects of the source were read", status -> truth(status.listed()));
        gauge("synced", "1 while all that is declared is decided by the fleet", status -> truth(status.synced()));
        gauge("sync_queue_size", "Resources whose change is still to be sent", PublisherStatus::pending);
        gauge("undecided_events", "Events sent and not yet decided", PublisherStatus::undecided);
        gauge("declared_resources", "Resources that the cluster declares", PublisherStatus::declared);
        gauge("revision", "The fleet's revision after the last decided event", PublisherStatus::revision);
        gauge(
                "source_problems",
                "What is wrong with the source",
                status -> status.problems().size());
        gauge(
                "skipped_objects",
                "Objects that would be exported if they could",
                status -> status.skipped().size());
    }

    /** Writes all of it in Prometheus' text format. */
    public void writeTo(OutputStream target) throws IOException {
        writer.write(target, registry.scrape());
    }

    private static double truth(boolean value) {
        return value ? 1 : 0;
    }

    private void gauge(String name, String help, ToDoubleFunction<PublisherStatus> value) {
        GaugeWithCallback.builder()
                .name("meshlog_publisher_" + name)
                .help(help)
                .labelNames("source_cluster")
                .callback(callback -> publishers
                        .get()
                        .forEach(status -> callback.call(value.applyAsDouble(status), status.cluster())))
                .register(registry);
    }
}
