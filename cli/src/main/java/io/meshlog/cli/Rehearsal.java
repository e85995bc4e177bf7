package io.meshlog.cli;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.meshlog.schemas.v1.Batch;
import io.meshlog.schemas.v1.Change;
import io.meshlog.schemas.v1.ListRequest;
import io.meshlog.schemas.v1.ListResponse;
import io.meshlog.schemas.v1.MeshGrpc;
import io.meshlog.schemas.v1.Replica;
import io.meshlog.schemas.v1.Resource;
import io.meshlog.schemas.v1.Service;
import io.meshlog.schemas.v1.StatusRequest;
import io.meshlog.schemas.v1.StatusResponse;
import io.meshlog.schemas.v1.Synced;
import io.meshlog.schemas.v1.WatchRequest;
import io.meshlog.schemas.v1.WatchResponse;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Goes through every client command once, against a server of its own: the launcher runs it after a build with {@code
 * -XX:ArchiveClassesAtExit}, and the archive of what was loaded halves the time of every later command.
 */
@Command(name = "rehearse", hidden = true, header = "Go through the client commands, for the launcher")
final class Rehearsal implements Callable<Integer> {
    private static final List<String> LINES = List.of(
            "status",
            "status -o json",
            "get services",
            "get all -o wide",
            "get services -o json",
            "get services -o yaml",
            "get services shop/web",
            "watch --until-synced",
            "watch --until-synced -o jsonl",
            "--help");

    @Override
    public Integer call() throws Exception {
        Server server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new Stage())
                .build()
                .start();
        try {
            Map<String, String> environment = Map.of("MESHLOG_SERVER", "127.0.0.1:" + server.getPort());
            for (String line : LINES) {
                OutputStream nowhere = OutputStream.nullOutputStream();
                Terminal terminal = new Terminal(nowhere, nowhere, environment, Path.of(""), false, false);
                int exitCode = Meshlog.run(terminal, line.split(" "));
                if (exitCode != ExitCode.OK) {
                    throw new IllegalStateException("`%s` ended with %d".formatted(line, exitCode));
                }
            }
        } finally {
            server.shutdownNow();
        }
        return ExitCode.OK;
    }

    /** One service, said in every way. */
    private static final class Stage extends MeshGrpc.MeshImplBase {
        private static final Resource PROP = Resource.newBuilder()
                .setKey("east/services/shop/web")
                .setRevision(1)
                .setVersion(1)
                .setService(Service.newBuilder()
                        .setCluster("east")
                        .setNamespace("shop")
                        .setName("web")
                        .putFrontends("10.0.0.1", ports())
                        .putBackends("10.0.0.2", ports()))
                .build();

        private static Service.Ports ports() {
            return Service.Ports.newBuilder()
                    .putPorts(
                            "http",
                            Service.PortProtocol.newBuilder().setPort(80).build())
                    .build();
        }

        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
            Replica replica = Replica.newBuilder().setSynced(true).build();
            observer.onNext(StatusResponse.newBuilder().setReplica(replica).build());
            observer.onCompleted();
        }

        @Override
        public void list(ListRequest request, StreamObserver<ListResponse> observer) {
            ListResponse.Builder response = ListResponse.newBuilder().setRevision(1);
            if (request.getSelector().getKindsList().contains("services")) {
                response.addResources(PROP);
            }
            observer.onNext(response.build());
            observer.onCompleted();
        }

        @Override
        public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
            Change change = Change.newBuilder().setUpsert(PROP).build();
            observer.onNext(WatchResponse.newBuilder()
                    .setBatch(Batch.newBuilder().addChanges(change))
                    .build());
            observer.onNext(WatchResponse.newBuilder()
                    .setSynced(Synced.newBuilder().setRevision(1))
                    .build());
        }
    }
}
