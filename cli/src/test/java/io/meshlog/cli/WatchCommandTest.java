package io.meshlog.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.v1.Batch;
import io.meshlog.schemas.v1.Bookmark;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.Removal;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Resync;
import io.meshlog.schemas.v1.Synced;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WatchCommandTest {
    private final FakeMesh server = new FakeMesh();
    private final Cli cli = Cli.withServer(server);

    @AfterEach
    void stop() throws InterruptedException {
        server.kill();
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "wide", "json", "yaml", "jsonl", "name"})
    void theStateAndItsChangesPrintInEveryFormat(String format) throws Exception {
        // given
        server.watchScripts.add(stream -> {
            stream.onNext(batch(upsert(Fixtures.service("eastus", "web", 3, true))));
            stream.onNext(synced(40));
            stream.onNext(batch(upsert(Fixtures.service("eastus", "api", 1, true)), removal("eastus/nodes/n1", 41)));
            stream.onNext(batch(upsert(hostile()), deselected("westeu/services/shop/web", 43)));
            stream.onNext(bookmark(44));
        });

        // when
        CompletableFuture<Cli.Ended> watch = cli.start("watch", "svc", "nodes", "--cluster", "eastus", "-o", format);
        await().untilAsserted(() -> assertThat(cli.out()).contains("westeu/services/shop/web"));
        await().untilAsserted(() -> assertThat(format.startsWith("j") || format.equals("yaml") ? cli.out() : "bookmark")
                .contains("bookmark"));
        cli.stop();
        Cli.Ended ended = watch.get(10, TimeUnit.SECONDS);

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.OK);
        Golden.verify("watch." + format, ended.out());
        assertThat(ended.err()).contains("Synced: the state at revision 40 is complete.");
    }

    @Test
    void theEndSaysHowToGoOn() throws Exception {
        // given
        AtomicReference<StreamObserver<WatchResponse>> stream = new AtomicReference<>();
        server.watchScripts.add(stream::set);
        CompletableFuture<Cli.Ended> watch = cli.start("watch", "svc", "-l", "app=it's", "-o", "name");
        await().until(() -> stream.get() != null);
        stream.get().onNext(synced(40));
        await().until(() -> cli.err().contains("Synced"));

        // when
        cli.stop();
        Cli.Ended ended = watch.get(10, TimeUnit.SECONDS);

        // then
        Golden.verify("watch-end.err", ended.err());
        server.watchScripts.add(again -> again.onNext(synced(41)));
        cli.run("watch", "svc", "--resume", "dG9rZW4tNDA", "--until-synced");
        assertThat(server.lastRequest(WatchRequest.class).getResumeToken()).isEqualTo(token(40));
    }

    @Test
    void untilSyncedEndsAtTheState() {
        // given
        server.watchScripts.add(stream -> {
            stream.onNext(batch(upsert(Fixtures.service("eastus", "web", 3, true))));
            stream.onNext(synced(40));
            stream.onNext(batch(removal("eastus/services/shop/web", 41)));
        });

        // when
        Cli.Ended ended = cli.run("watch", "--until-synced", "-o", "name");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(ended.out()).isEqualTo("eastus/services/shop/web\n");
    }

    @Test
    void aRevisionToStartFromReachesTheServer() {
        // given
        server.watchScripts.add(stream -> stream.onNext(synced(40)));

        // when
        cli.run("watch", "nodes", "--from-revision", "12", "--until-synced");

        // then
        WatchRequest request = server.lastRequest(WatchRequest.class);
        assertThat(request.getAfterRevision()).isEqualTo(12);
        assertThat(request.getSelector().getKindsList()).containsExactly("nodes");
    }

    @Test
    void aServerThatComesBackIsResumedWithoutRepeating() throws Exception {
        // given
        server.watchScripts.add(stream -> {
            stream.onNext(synced(40));
            stream.onNext(bookmark(40));
            stream.onNext(batch(removal("eastus/nodes/n1", 41)));
            stream.onNext(batch(removal("eastus/nodes/n2", 42)));
        });
        CompletableFuture<Cli.Ended> watch = cli.start("watch", "-o", "name");
        await().until(() -> cli.out().contains("n2"));

        // when
        server.kill();
        await().until(() -> cli.err().contains("Lost the server"));
        server.watchScripts.add(stream -> {
            stream.onNext(batch(removal("eastus/nodes/n1", 41)));
            stream.onNext(batch(removal("eastus/nodes/n2", 42), removal("eastus/nodes/n3", 42)));
            stream.onNext(batch(removal("eastus/nodes/n4", 43)));
            stream.onNext(synced(43));
            stream.onNext(batch(removal("eastus/nodes/n5", 44)));
        });
        server.start();

        // then
        await().until(() -> cli.out().contains("n5"));
        cli.stop();
        Cli.Ended ended = watch.get(10, TimeUnit.SECONDS);
        assertThat(server.lastRequest(WatchRequest.class).getResumeToken()).isEqualTo(token(40));
        assertThat(ended.out().lines().map(line -> line.substring(line.length() - 2)))
                .containsExactly("n1", "n2", "n3", "n4", "n5");
        assertThat(ended.err()).contains("going on after revision 40", "Resume token: dG9rZW4tNDM");
    }

    @Test
    void aStreamThatEndsInTheSnapshotBeginsAgain() {
        // given
        server.watchScripts.add(stream -> {
            stream.onNext(batch(removal("eastus/nodes/n1", 5)));
            stream.onCompleted();
        });
        server.watchScripts.add(stream -> {
            stream.onNext(batch(removal("eastus/nodes/n1", 5)));
            stream.onNext(synced(6));
        });

        // when
        Cli.Ended ended = cli.run("watch", "--until-synced", "-o", "name");

        // then
        assertThat(ended.out()).isEqualTo("eastus/nodes/n1\neastus/nodes/n1\n");
        assertThat(ended.err()).contains("the snapshot was not complete and begins again");
    }

    @Test
    void aResyncIsToldAndTheOldTokenForgotten() {
        // given
        server.watchScripts.add(stream -> {
            stream.onNext(WatchResponse.newBuilder()
                    .setResync(Resync.newBuilder().setReason("the token is below the horizon"))
                    .build());
            stream.onNext(batch(upsert(Fixtures.service("eastus", "web", 3, true))));
            stream.onNext(synced(50));
        });

        // when
        Cli.Ended ended = cli.run("watch", "--resume", "dG9rZW4tNDA", "--until-synced", "-o", "table");

        // then
        assertThat(ended.err()).contains("Resync: the token is below the horizon.", "Resume token: dG9rZW4tNTA");
        assertThat(ended.out()).contains("exists");
    }

    @Test
    void aRefusalEndsIt() {
        // given
        server.watchScripts.add(stream -> {
            stream.onNext(synced(40));
            stream.onError(Status.PERMISSION_DENIED.withDescription("no longer").asRuntimeException());
        });

        // when
        Cli.Ended ended = cli.run("watch");

        // then
        assertThat(ended.exitCode()).isEqualTo(ExitCode.DENIED);
        assertThat(ended.err()).contains("not permitted: no longer", "Resume token: ");
    }

    @Test
    void aReaderThatHasGoneEndsItQuietly() {
        // given
        cli.writingTo(new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        server.watchScripts.add(stream -> stream.onNext(batch(removal("eastus/nodes/n1", 5))));

        // then
        assertThat(cli.run("watch")).isEqualTo(new Cli.Ended(0, "", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--from-revision 3 --resume abc", "--resume ***", "pods", "--timeout 3s"})
    void whatCannotBeMeantIsAUsageError(String options) {
        assertThat(cli.run(("watch " + options).split(" ")).exitCode()).isEqualTo(ExitCode.USAGE);
    }

    private static Resource hostile() {
        return Fixtures.at("eastus/services/shop/ev\u001b[2Jil", 42)
                .setVersion(2)
                .setService(Fixtures.service("eastus", "x", 2, false).getService())
                .build();
    }

    private static WatchResponse batch(Change... changes) {
        Batch.Builder batch = Batch.newBuilder();
        for (Change change : changes) {
            batch.addChanges(change);
        }
        return WatchResponse.newBuilder().setBatch(batch).build();
    }

    private static Change upsert(Resource resource) {
        return Change.newBuilder().setUpsert(resource).build();
    }

    private static Change removal(String key, long revision) {
        return Change.newBuilder()
                .setRemoval(Removal.newBuilder().setKey(key).setRevision(revision))
                .build();
    }

    private static Change deselected(String key, long revision) {
        return Change.newBuilder()
                .setRemoval(
                        Removal.newBuilder().setKey(key).setRevision(revision).setDeselected(true))
                .build();
    }

    private static ByteString token(long revision) {
        return ByteString.copyFromUtf8("token-" + revision);
    }

    private static WatchResponse synced(long revision) {
        return WatchResponse.newBuilder()
                .setSynced(Synced.newBuilder().setRevision(revision).setResumeToken(token(revision)))
                .build();
    }

    private static WatchResponse bookmark(long revision) {
        return WatchResponse.newBuilder()
                .setBookmark(Bookmark.newBuilder().setRevision(revision).setResumeToken(token(revision)))
                .build();
    }
}
