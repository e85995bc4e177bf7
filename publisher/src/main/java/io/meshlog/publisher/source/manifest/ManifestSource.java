package io.meshlog.publisher.source.manifest;

import io.meshlog.publisher.source.Source;
import io.meshlog.publisher.source.SourceListener;
import io.meshlog.publisher.source.SourceThread;
import io.meshlog.publisher.source.manifest.ManifestDirectory.Scan;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects of a directory tree of manifests, as {@code kubectl get -o yaml} prints them: many documents in a file,
 * lists, YAML or JSON.
 *
 * <p>The tree is scanned when the operating system tells of a change, once it has been quiet for a moment (an editor
 * writes a new file and renames it over the old one; a scan in between would see half of that), and at an interval all the
 * same: network file systems tell nothing. How broken and vanished files are handled: {@link ManifestDirectory}.
 *
 * <p>Bound: one scan under way, no queue; a slow listener delays the next scan, which then sees all that happened.
 */
public final class ManifestSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(ManifestSource.class);
    /** A tree that never is quiet is scanned after so many quiet periods all the same. */
    private static final int MAX_QUIET_PERIODS = 10;

    private final Path root;
    private final Duration scanInterval;
    private final Duration quietPeriod;
    private final ManifestDirectory directory;
    private final Map<Path, WatchKey> watched = new HashMap<>();
    private final SourceThread thread = new SourceThread("manifest-source");
    private boolean told;
    private List<String> problems = List.of();

    /**
     * @param root the tree's top directory; it may come into being later
     * @param scanInterval the longest time between two scans
     * @param quietPeriod how long the tree has to be quiet after a change
     * @param clock to tell young files from settled ones
     */
    public ManifestSource(Path root, Duration scanInterval, Duration quietPeriod, InstantSource clock) {
        this.root = root.toAbsolutePath().normalize();
        this.scanInterval = scanInterval;
        this.quietPeriod = quietPeriod;
        this.directory = new ManifestDirectory(this.root, clock);
    }

    @Override
    public void start(SourceListener listener) {
        thread.start(() -> run(listener));
    }

    @Override
    public void close() {
        thread.close();
    }

    private void run(SourceListener listener) {
        try (WatchService watch = root.getFileSystem().newWatchService()) {
            while (!Thread.currentThread().isInterrupted()) {
                Scan scan = directory.scan();
                tell(listener, scan);
                // Between the scan and the watch something may have changed, so a new directory is scanned once more.
                if (!watch(watch, scan.directories())) {
                    awaitChange(watch);
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException closed) {
            LOG.debug("{}: no longer followed", root);
        } catch (IOException | RuntimeException failed) {
            LOG.error("{}: can no longer be followed; what it said stays", root, failed);
            listener.onProblems(List.of(root + ": can no longer be followed: " + failed));
        }
    }

    private void tell(SourceListener listener, Scan scan) {
        scan.newlyIgnored()
                .forEach(kind -> LOG.info("{}: objects of {} are not exported, they are ignored", root, kind));
        if (!scan.problems().equals(problems)) {
            problems = scan.problems();
            listener.onProblems(problems);
        }
        if (scan.complete() && !told) {
            told = true;
            listener.onObjects(directory.objects());
        } else if (told && !scan.changes().isEmpty()) {
            listener.onChanges(scan.changes());
        }
    }

    /** Watches exactly these directories; returns whether one of them was not watched before. */
    private boolean watch(WatchService watch, Set<Path> directories) {
        watched.entrySet().removeIf(entry -> {
            boolean gone =
                    !directories.contains(entry.getKey()) || !entry.getValue().isValid();
            if (gone) {
                entry.getValue().cancel();
            }
            return gone;
        });
        boolean grown = false;
        for (Path path : directories) {
            if (!watched.containsKey(path)) {
                try {
                    watched.put(
                            path,
                            path.register(
                                    watch,
                                    StandardWatchEventKinds.ENTRY_CREATE,
                                    StandardWatchEventKinds.ENTRY_MODIFY,
                                    StandardWatchEventKinds.ENTRY_DELETE));
                    grown = true;
                } catch (IOException unwatchable) {
                    LOG.debug("{}: is not watched, only scanned", path, unwatchable);
                }
            }
        }
        return grown;
    }

    private void awaitChange(WatchService watch) throws InterruptedException {
        WatchKey key = watch.poll(scanInterval.toMillis(), TimeUnit.MILLISECONDS);
        for (int periods = 0; key != null && periods < MAX_QUIET_PERIODS; periods++) {
            drain(key);
            Thread.sleep(quietPeriod);
            key = watch.poll();
        }
        if (key != null) {
            drain(key);
        }
    }

    private static void drain(WatchKey key) {
        key.pollEvents();
        key.reset();
    }
}
