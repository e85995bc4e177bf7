package io.meshlog.cli.watch;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.meshlog.cli.CliException;
import io.meshlog.cli.StopSignal;
import io.meshlog.cli.Terminal;
import io.meshlog.cli.client.MeshConnection;
import io.meshlog.cli.client.ServerAddress;
import io.meshlog.cli.client.ServerFailure;
import io.meshlog.cli.print.SafeText;
import io.meshlog.cli.print.WatchPrinter;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.WatchResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One watch over as many connections as it takes: where the server goes away it is asked again, with the last token,
 * after a pause that doubles from {@link #FIRST_PAUSE} to {@link #LONGEST_PAUSE}. Only a server that never answered is
 * given up at once, because then the address is likely wrong.
 */
final class WatchLoop {
    static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Terminal terminal;
    private final Supplier<ServerAddress> addresses;
    private final WatchPrinter printer;
    private final WatchProgress progress;
    private final boolean untilSynced;
    private final Optional<Duration> timeout;

    private boolean everAnswered;
    private boolean away;
    private Duration pause = FIRST_PAUSE;

    /**
     * @param addresses where to connect to, asked anew each time: a server may come back elsewhere
     * @param untilSynced whether to end at the first Synced
     * @param timeout for a whole connection
     */
    WatchLoop(
            Terminal terminal,
            Supplier<ServerAddress> addresses,
            WatchPrinter printer,
            WatchProgress progress,
            boolean untilSynced,
            Optional<Duration> timeout) {
        this.terminal = terminal;
        this.addresses = addresses;
        this.printer = printer;
        this.progress = progress;
        this.untilSynced = untilSynced;
        this.timeout = timeout;
    }

    /** Prints until the end is asked for or, if that is wanted, the first Synced. */
    void run() {
        StopSignal stop = terminal.stopSignal();
        boolean done = false;
        while (!done && !stop.stopped()) {
            done = connection();
            if (!done && !stop.stopped()) {
                stop.await(pause);
                Duration doubled = pause.multipliedBy(2);
                pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
            }
        }
    }

    /** Answers whether the watch is done, as against lost. */
    private boolean connection() {
        ServerAddress address;
        try {
            address = addresses.get();
        } catch (CliException e) {
            lost(e, String.valueOf(e.getMessage()));
            return false;
        }
        Context.CancellableContext context = Context.current().withCancellation();
        Runnable cancel = () -> context.cancel(null);
        terminal.stopSignal().onStop(cancel);
        Context outer = context.attach();
        try (MeshConnection connection = MeshConnection.open(address)) {
            if (stream(connection)) {
                return true;
            }
            lost(null, "the server ended the stream");
        } catch (StatusRuntimeException e) {
            failed(e, address);
        } finally {
            context.detach(outer);
            context.cancel(null);
            terminal.stopSignal().forget(cancel);
        }
        return false;
    }

    private boolean stream(MeshConnection connection) {
        Iterator<WatchResponse> responses = connection.mesh(timeout).watch(progress.nextRequest());
        while (responses.hasNext()) {
            WatchResponse response = responses.next();
            answered(connection.address());
            boolean synced = print(response);
            terminal.flush();
            if (synced && untilSynced) {
                return true;
            }
        }
        return false;
    }

    private void answered(ServerAddress address) {
        if (away) {
            String from = progress.token() == null ? "from the beginning" : "after revision " + progress.revision();
            terminal.say("Connected to %s again; going on %s.".formatted(address.authority(), from));
        }
        everAnswered = true;
        away = false;
        pause = FIRST_PAUSE;
    }

    /** Answers whether it was Synced. */
    private boolean print(WatchResponse response) {
        switch (response.getEventCase()) {
            case BATCH -> {
                for (Change change : response.getBatch().getChangesList()) {
                    if (progress.isNew(change)) {
                        printer.change(change, progress.inSnapshot());
                    }
                }
            }
            case SYNCED -> {
                if (progress.inSnapshot()) {
                    terminal.say("Synced: the state at revision %d is complete."
                            .formatted(response.getSynced().getRevision()));
                }
                progress.synced(
                        response.getSynced().getRevision(), response.getSynced().getResumeToken());
            }
            case BOOKMARK ->
                progress.marked(
                        response.getBookmark().getRevision(),
                        response.getBookmark().getResumeToken());
            case RESYNC -> {
                progress.resync();
                terminal.say("Resync: %s. What was printed is void; the whole state follows."
                        .formatted(SafeText.of(response.getResync().getReason())));
            }
            case EVENT_NOT_SET -> {
                // Of a newer server; the API promises that what is not known can be passed over.
            }
        }
        if (!response.hasBatch()) {
            printer.mark(response);
        }
        return response.hasSynced();
    }

    private void failed(StatusRuntimeException failure, ServerAddress address) {
        if (terminal.stopSignal().stopped()) {
            return;
        }
        boolean passing = switch (failure.getStatus().getCode()) {
            case UNAVAILABLE, CANCELLED, ABORTED, INTERNAL, UNKNOWN, RESOURCE_EXHAUSTED -> true;
            default -> false;
        };
        CliException inWords = ServerFailure.of(failure, address);
        if (!passing) {
            throw inWords;
        }
        lost(inWords, ServerFailure.reason(failure));
    }

    private void lost(@Nullable CliException cause, String why) {
        if (!everAnswered && cause != null) {
            throw cause;
        }
        if (!away) {
            String where = progress.token() == null
                    ? "the snapshot was not complete and begins again"
                    : "it goes on after revision " + progress.revision();
            terminal.say("Lost the server: %s. Trying again until it is back; %s.".formatted(why, where));
        }
        away = true;
    }
}
