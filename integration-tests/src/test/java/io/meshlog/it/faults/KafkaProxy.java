package io.meshlog.it.faults;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Stands between clients and brokers, knows Kafka's requests by their kind, and can break the way at any of them.
 *
 * <p>One port for each broker, which the broker must advertise. A request larger than {@value #MAX_REQUEST_BYTES} bytes ends
 * its connection.
 */
final class KafkaProxy implements AutoCloseable {
    /** The end of a transaction, its commit or abort. */
    static final short END_TXN = 26;

    private static final int MAX_REQUEST_BYTES = 64 << 20;
    private static final int CONNECT_TIMEOUT_MS = 1_000;

    /** What a break does to the request it waits for. */
    enum Break {
        /** The broker never sees it. */
        BEFORE_THE_REQUEST,
        /** The broker does what it says, and the client never hears of it. */
        BEFORE_THE_ANSWER
    }

    private record Trap(short apiKey, Break where, AtomicInteger left) {}

    private final List<Supplier<InetSocketAddress>> brokers;
    private final List<ServerSocket> doors;
    private final Set<Way> open = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Trap> trap = new AtomicReference<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("proxy-", 0).daemon(true).factory());
    private volatile boolean cut;

    /** @param brokers where each is now: a container may come back elsewhere */
    KafkaProxy(List<Supplier<InetSocketAddress>> brokers) {
        this.brokers = List.copyOf(brokers);
        this.doors = brokers.stream().map(broker -> listen()).toList();
        IntStream.range(0, brokers.size()).forEach(id -> threads.execute(() -> accept(id)));
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port(int id) {
        return doors.get(id).getLocalPort();
    }

    String addresses() {
        return doors.stream().map(door -> "127.0.0.1:" + door.getLocalPort()).collect(Collectors.joining(","));
    }

    /** Every connection ends now, and none is made until {@link #heal}. */
    void cut() {
        cut = true;
        open.forEach(Way::end);
    }

    /** Ends every connection at the next requests of a kind; the clients may come back at once. */
    void breakAt(short apiKey, Break where, int times) {
        trap.set(new Trap(apiKey, where, new AtomicInteger(times)));
    }

    /** How many breaks are still to come. */
    int breaksLeft() {
        Trap set = trap.get();
        return set == null ? 0 : Math.max(0, set.left().get());
    }

    void heal() {
        cut = false;
        trap.set(null);
    }

    @Override
    public void close() {
        doors.forEach(KafkaProxy::closeQuietly);
        open.forEach(Way::end);
        threads.shutdownNow();
    }

    private void accept(int id) {
        ServerSocket door = doors.get(id);
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                threads.execute(() -> carry(client, brokers.get(id).get()));
            } catch (IOException closed) {
                // the loop's condition says whether it is over
            }
        }
    }

    private void carry(Socket client, InetSocketAddress broker) {
        Socket server = new Socket();
        Way way = new Way(client, server);
        open.add(way);
        try {
            if (!cut) {
                server.connect(broker, CONNECT_TIMEOUT_MS);
                threads.execute(way::answers);
                way.requests();
            }
        } catch (IOException broken) {
            // both sides hear of it below
        } finally {
            way.end();
            open.remove(way);
        }
    }

    private boolean springs(short apiKey) {
        Trap set = trap.get();
        return set != null && set.apiKey() == apiKey && set.left().getAndDecrement() > 0;
    }

    /** One connection. */
    private final class Way {
        private final Socket client;
        private final Socket server;
        private volatile boolean silenced;

        Way(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void requests() throws IOException {
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = server.getOutputStream();
            while (!cut) {
                int size = in.readInt();
                if (size < Short.BYTES || size > MAX_REQUEST_BYTES) {
                    throw new IOException("a request of %d bytes".formatted(size));
                }
                ByteBuffer request = ByteBuffer.allocate(Integer.BYTES + size).putInt(size);
                in.readFully(request.array(), Integer.BYTES, size);
                if (springs(request.getShort(Integer.BYTES))) {
                    if (trap.get().where() == Break.BEFORE_THE_REQUEST) {
                        return;
                    }
                    silenced = true;
                }
                out.write(request.array());
                out.flush();
            }
        }

        void answers() {
            try {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                byte[] buffer = new byte[64 << 10];
                for (int read = in.read(buffer); read >= 0 && !silenced; read = in.read(buffer)) {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            } catch (IOException broken) {
                // both sides hear of it below
            } finally {
                end();
            }
        }

        void end() {
            closeQuietly(client);
            closeQuietly(server);
        }
    }

    static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
