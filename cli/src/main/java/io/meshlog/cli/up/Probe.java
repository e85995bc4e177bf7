package io.meshlog.cli.up;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** Whether somebody answers on a port of this machine. Each question takes a second at most. */
final class Probe {
    private static final int TIMEOUT_MS = 1_000;
    private static final int OK = 200;

    private Probe() {}

    /** Whether connections are taken. */
    static boolean connects(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** Whether a GET is answered with 200. */
    static boolean isOk(int port, String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try {
                return connection.getResponseCode() == OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException away) {
            return false;
        }
    }
}
