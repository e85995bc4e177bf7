package io.meshlog.meshapi.http;

import io.meshlog.meshapi.gateway.GatewayMeter;
import io.meshlog.meshapi.grpc.CallMeter;
import io.meshlog.meshapi.replica.ProjectorWatch;
import io.meshlog.meshapi.replica.Replica;
import io.meshlog.meshapi.tls.ServerCertificates;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** What is measured, read when it is asked for. Safe on any thread. */
public final class Metrics {
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final double MS_PER_SECOND = 1_000;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

    public Metrics() {
        JvmMetrics.builder().register(registry);
    }

    /** @param openWatches how many watches are open */
    public Metrics ofReplica(Replica replica, IntSupplier openWatches) {
        gauge("meshlog_replica_revision", "Revision of the store", () ->
                (double) replica.store().position().revision());
        gauge("meshlog_replica_horizon", "Revision below which deletes are forgotten", () ->
                (double) replica.store().position().horizon());
        gauge("meshlog_replica_synced", "1 while complete up to a recent revision", () -> replica.synced() ? 1 : 0);
        gauge(
                "meshlog_replica_staleness_seconds",
                "Time since the store was last at the log's end, -1 before the first time",
                () -> replica.stalenessMs() < 0 ? -1 : replica.stalenessMs() / MS_PER_SECOND);
        gauge(
                "meshlog_replica_decides",
                "1 while events are decided here, 0 while the changelog is followed",
                () -> replica.feed().decides() ? 1 : 0);
        gauge(
                "meshlog_replica_unwitnessed_changes",
                "Changes decided here that the changelog has not said yet, as far as they are remembered",
                () -> replica.feed().unwitnessed());
        gauge("meshlog_watches", "Open watches", openWatches::getAsInt);
        return this;
    }

    public Metrics ofGateway(GatewayMeter gateway, ProjectorWatch projector) {
        gauge("meshlog_gateway_streams", "Open publish streams", gateway::streams);
        gauge(
                "meshlog_gateway_undecided_changes",
                "Changes given to the log and not decided",
                gateway::undecidedChanges);
        gauge(
                "meshlog_gateway_undecided_frame_resources",
                "Resources in frames given to the log and not decided",
                gateway::undecidedFrameWeight);
        gauge("meshlog_log_undecided_events", "Events of all gateways in the log and not decided", () ->
                (double) projector.undecidedEvents());
        counter("meshlog_gateway_appended_events", "Events given to the log", () -> (double) gateway.appended());
        counter("meshlog_gateway_acked_events", "Events whose decision publishers were told", () ->
                (double) gateway.acked());
        counter("meshlog_gateway_refused_resources", "Resources the fleet refused", () -> (double) gateway.refused());
        return this;
    }

    /** @param certificates null where nothing is encrypted */
    public Metrics ofCertificates(@Nullable ServerCertificates certificates) {
        if (certificates != null) {
            gauge(
                    "meshlog_tls_certificate_not_after_seconds",
                    "When the server's certificate ends, seconds since 1970",
                    () -> (double) certificates.notAfter().getEpochSecond());
            counter("meshlog_tls_reloads", "How often new certificates were taken from their files", () ->
                    (double) certificates.reloads());
            gauge(
                    "meshlog_tls_problem",
                    "1 while the certificates have ended, end soon, or cannot be read",
                    () -> certificates.problem() == null ? 0 : 1);
        }
        return this;
    }

    public Metrics ofCalls(CallMeter calls, IntSupplier waitingReads) {
        gauge("meshlog_grpc_waiting_reads", "Reads that wait for a thread", waitingReads::getAsInt);
        CounterWithCallback.builder()
                .name("meshlog_grpc_calls")
                .help("Calls that ended, by method and code")
                .labelNames("method", "code")
                .callback(callback -> calls.ended()
                        .forEach((ended, count) -> callback.call(
                                (double) count.sum(),
                                ended.method(),
                                ended.code().name())))
                .register(registry);
        return this;
    }

    private void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    private void counter(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    /** Writes all of it in Prometheus' text format. */
    public void writeTo(OutputStream target) throws IOException {
        writer.write(target, registry.scrape());
    }
}
