package io.meshlog.it.watchers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A network that carries {@value #BYTES_PER_SECOND} bytes a second from a server to each client, until it is widened. */
final class ThrottledWay implements AutoCloseable {
    static final int BYTES_PER_SECOND = 1_024;

    /** What the kernel may take in before anyone has read it; it would hide a slow reader from the server. */
    private static final int BUFFER_BYTES = 4_096;

    private final int server;
    private final ServerSocket door;
    private final CountDownLatch wide = new CountDownLatch(1);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** @param server the port on loopback that it leads to */
    ThrottledWay(int server) {
        this.server = server;
        try {
            door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        threads.execute(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** From now on everything is carried as it comes. */
    void widen() {
        wide.countDown();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Socket upstream = new Socket();
                sockets.add(client);
                sockets.add(upstream);
                upstream.setReceiveBufferSize(BUFFER_BYTES);
                upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server));
                threads.execute(() -> carry(client, upstream, false));
                threads.execute(() -> carry(upstream, client, true));
            } catch (IOException closed) {
                // the loop's condition says whether it is over
            }
        }
    }

    private void carry(Socket from, Socket to, boolean slowly) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
                if (slowly) {
                    // the pause is what this is for; widening ends it
                    boolean unused = wide.await(read * 1_000L / BYTES_PER_SECOND, TimeUnit.MILLISECONDS);
                }
            }
        } catch (IOException broken) {
            // both sides hear of it
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
