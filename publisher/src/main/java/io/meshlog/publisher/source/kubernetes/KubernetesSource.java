package io.meshlog.publisher.source.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.meshlog.publisher.k8s.KubernetesObject;
import io.meshlog.publisher.k8s.ObjectChange;
import io.meshlog.publisher.k8s.ObjectKind;
import io.meshlog.publisher.source.Source;
import io.meshlog.publisher.source.SourceListener;
import io.meshlog.publisher.source.SourceThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects of a cluster's Kubernetes API, followed by an informer for each kind.
 *
 * <p>All objects are told once every kind was listed, since a list without one kind would withdraw it from the fleet. Kinds
 * a cluster with Cilium can be without (policies, service exports) are not waited for where the API server says that it
 * does not know them; they are told of when they appear. Then changes are told as they come: while the listener is busy
 * only the latest of each object is kept.
 *
 * <p>An API server that does not answer changes nothing: what was told stays, and once it answers again what went away
 * meanwhile is told as deleted.
 *
 * <p>Bounds: of each object its pruned form until it is told ({@link PendingChanges}) and its version ({@link
 * PrunedStore}); one page of each kind as it was received; {@value #MAX_PROBLEMS} objects that cannot be read are named, the others counted.
 */
public final class KubernetesSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesSource.class);

    static final int MAX_PROBLEMS = 20;
    /** How often it is looked whether informers are well while no change comes. */
    private static final long LOOK_MS = 200;
    /** How often the API server is asked whether it is there. */
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(5);

    private final KubernetesClient client;
    private final KubernetesSettings settings;
    private final ApiServerProbe probe;
    private final PendingChanges pending = new PendingChanges();
    private final List<KindInformer> informers = new ArrayList<>();
    private final SourceThread thread = new SourceThread("kubernetes-source");
    private boolean listed;
    private List<String> problems = List.of();

    /** @param client closed with the source */
    public KubernetesSource(KubernetesClient client, KubernetesSettings settings) {
        this(client, settings, PROBE_INTERVAL);
    }

    KubernetesSource(KubernetesClient client, KubernetesSettings settings, Duration probeInterval) {
        this.client = client;
        this.settings = settings;
        this.probe = new ApiServerProbe(client, probeInterval, pending::wake);
    }

    @Override
    public void start(SourceListener listener) {
        thread.start(() -> run(listener));
    }

    @Override
    public void close() {
        thread.close();
        client.close();
    }

    private void run(SourceListener listener) {
        try {
            startInformers(new EndpointKinds(client, settings).choose(problem -> tellProblems(listener, problem)));
            probe.start();
            while (!Thread.currentThread().isInterrupted()) {
                if (listed) {
                    tellChanges(listener, pending.take(LOOK_MS));
                } else {
                    pending.pause(LOOK_MS);
                    tellAllOnceListed(listener);
                }
                tellProblems(listener, presentProblems());
            }
        } catch (InterruptedException closed) {
            LOG.debug("the cluster is no longer followed");
        } catch (RuntimeException failed) {
            LOG.error("the cluster can no longer be followed; what was told stays", failed);
            listener.onProblems(List.of("the cluster can no longer be followed: " + failed));
        } finally {
            probe.close();
            informers.forEach(KindInformer::close);
        }
    }

    private void startInformers(ObjectKind endpoints) {
        Set<ObjectKind> kinds = EnumSet.complementOf(EnumSet.of(
                endpoints == ObjectKind.CILIUM_ENDPOINT
                        ? ObjectKind.CILIUM_ENDPOINT_SLICE
                        : ObjectKind.CILIUM_ENDPOINT));
        if (!settings.mcsApi()) {
            kinds.remove(ObjectKind.SERVICE_EXPORT);
        }
        kinds.forEach(
                kind -> informers.add(new KindInformer(client, WatchedKind.of(kind), pending, settings.pageSize())));
        informers.forEach(KindInformer::start);
    }

    private static void tellChanges(SourceListener listener, List<ObjectChange> changes) {
        if (!changes.isEmpty()) {
            listener.onChanges(changes);
        }
    }

    /** Until then what is pending is all there is. */
    private void tellAllOnceListed(SourceListener listener) {
        listed = informers.stream().allMatch(informer -> informer.isListed() || informer.isAbsent());
        if (listed) {
            List<KubernetesObject> all = new ArrayList<>();
            for (ObjectChange change : pending.takeNow()) {
                if (change instanceof ObjectChange.Upserted upserted) {
                    all.add(upserted.object());
                }
            }
            LOG.info("all {} objects of the cluster are read", all.size());
            listener.onObjects(all);
        }
    }

    private List<String> presentProblems() {
        List<String> present = new ArrayList<>();
        if (probe.failure() != null) {
            present.add("the API server does not answer, what was read stays: " + probe.failure());
        }
        List<String> unreadable = new ArrayList<>();
        for (KindInformer informer : informers) {
            String problem = informer.problem();
            if (problem != null) {
                present.add(problem);
            }
            unreadable.addAll(informer.unreadable().values());
        }
        present.addAll(unreadable.subList(0, Math.min(unreadable.size(), MAX_PROBLEMS)));
        if (unreadable.size() > MAX_PROBLEMS) {
            present.add("%d objects cannot be read, %d of them are not named here"
                    .formatted(unreadable.size(), unreadable.size() - MAX_PROBLEMS));
        }
        return present;
    }

    private void tellProblems(SourceListener listener, List<String> present) {
        if (!present.equals(problems)) {
            problems = present;
            listener.onProblems(present);
        }
    }
}
